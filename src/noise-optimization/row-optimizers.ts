/** Moves rows of numbers against their gradients; each row is a problem of its own. */
export interface RowOptimizer {
  /** Changes `values` in place; rows that are not `active` stay as they are. */
  update(values: Float32Array, gradient: Float32Array, active: readonly boolean[]): void;
}

/** How a row optimizer is made for a table of `count` rows. */
export type RowOptimizerFactory = (count: number, width: number) => RowOptimizer;

/**
 * AdamW with a rate that falls once. Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2. SeedSelect's setting: 0.1, a tenth of
 * it after three iterations.
 */
export function rowAdam({
  learningRate = 0.1,
  laterRate = learningRate / 10,
  laterAfter = 3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
}: {
  readonly learningRate?: number;
  /** The rate from update `laterAfter` on; a tenth when omitted. */
  readonly laterRate?: number;
  readonly laterAfter?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
} = {}): RowOptimizerFactory {
  return (count, width) => {
    const mean = new Float32Array(count * width);
    const square = new Float32Array(count * width);
    let updates = 0;
    return {
      update: (values, gradient, active) => {
        const rate = updates < laterAfter ? learningRate : laterRate;
        updates++;
        const correction1 = 1 - beta1 ** updates;
        const correction2 = 1 - beta2 ** updates;
        forActive(active, width, (at) => {
          const slope = gradient[at]!;
          mean[at] = beta1 * mean[at]! + (1 - beta1) * slope;
          square[at] = beta2 * square[at]! + (1 - beta2) * slope * slope;
          const step =
            mean[at] / correction1 / (Math.sqrt(square[at] / correction2) + epsilon) +
            weightDecay * values[at]!;
          values[at]! -= rate * step;
        });
      },
    };
  };
}

/**
 * Gradient descent with Nesterov's momentum: v ← m·v + g, x ← x − η·(g + m·v). Sutskever et al. 2013, as PyTorch has it. ReNO's
 * setting: rate 5, momentum 0.9, gradients clipped to norm 0.1.
 */
export function rowNesterov({
  learningRate = 5,
  momentum = 0.9,
}: {
  readonly learningRate?: number;
  readonly momentum?: number;
} = {}): RowOptimizerFactory {
  return (count, width) => {
    const velocity = new Float32Array(count * width);
    return {
      update: (values, gradient, active) => {
        forActive(active, width, (at) => {
          velocity[at] = momentum * velocity[at]! + gradient[at]!;
          values[at]! -= learningRate * (gradient[at]! + momentum * velocity[at]);
        });
      },
    };
  };
}

/** Scales each row's gradient down to a norm of at most `maxNorm`, in place. */
export function clipRows(gradient: Float32Array, width: number, maxNorm: number): void {
  for (let begin = 0; begin < gradient.length; begin += width) {
    const row = gradient.subarray(begin, begin + width);
    const norm = Math.hypot(...row);
    if (norm > maxNorm) row.forEach((value, at) => (row[at] = (value * maxNorm) / norm));
  }
}

/** Norm of each row. */
export function rowNorms(rows: Float32Array, width: number): Float32Array {
  return Float32Array.from({ length: rows.length / width }, (_, row) =>
    Math.hypot(...rows.subarray(row * width, (row + 1) * width)),
  );
}

function forActive(active: readonly boolean[], width: number, visit: (at: number) => void): void {
  active.forEach((isActive, row) => {
    if (!isActive) return;
    for (let at = row * width; at < (row + 1) * width; at++) visit(at);
  });
}
