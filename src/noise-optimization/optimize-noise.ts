import type { NoiseEvaluation, NoiseProgram } from "./noise-program.ts";
import { clipRows, rowAdam, rowNorms, type RowOptimizerFactory } from "./row-optimizers.ts";

export interface NoiseOptimizationOptions {
  readonly program: NoiseProgram;
  /** Where each sample starts: ε, shape [batch, width]. */
  readonly initialNoise: Float32Array;
  /** What network and objectives are given, by name. */
  readonly inputs: Readonly<Record<string, Float32Array>>;
  /** Updates; 30 when omitted. One evaluation more is made: the first is the start itself. */
  readonly totalIterations?: number;
  /** SeedSelect's AdamW when omitted. */
  readonly optimizer?: RowOptimizerFactory;
  /** Gradients of each sample are scaled down to this norm; 0.1 when omitted, Infinity does nothing. */
  readonly clipNorm?: number;
  /** A sample stops after its objective rose so often in a row; 3 when omitted, Infinity never. */
  readonly patience?: number;
  /**
   * A sample stops once each of these terms, weighted, is at most so much (InitNO's tolerance), and that iterate counts as its best;
   * never when omitted.
   */
  readonly goals?: Readonly<Record<string, number>>;
}

/** The best noise of each sample so far. */
export interface BestNoise {
  readonly objective: Float32Array;
  /** Its iteration. */
  readonly iteration: Int32Array;
  readonly noise: Float32Array;
  readonly latents: Float32Array;
}

/** One evaluation of initial noise, and what it led to. */
export interface NoiseIteration extends Omit<NoiseEvaluation, "gradient"> {
  /** From 0, the start, to `totalIterations`. */
  readonly iteration: number;
  readonly totalIterations: number;
  /** ‖ε‖ of each sample; √(d − 1) is the likeliest. */
  readonly noiseNorm: Float32Array;
  readonly best: BestNoise;
  /** Which samples still move. */
  readonly active: readonly boolean[];
  /** Network calls of one sample so far, as forward passes: the budget for a fair control. */
  readonly networkCalls: number;
}

/**
 * Searches the initial noise from which a deterministic sampler meets the objectives, yielding each iteration from the start on.
 * Samples are optimized side by side and stop one by one; what counts is each one's best iterate, not its last. SeedSelect (Samuel et
 * al. 2024, arXiv:2304.14530), ReNO (Eyring et al. 2024, arXiv:2406.04312, algorithm 1), InitNO (Guo et al. 2024, arXiv:2404.04650).
 */
export async function* optimizeNoise({
  program,
  initialNoise,
  inputs,
  totalIterations = 30,
  optimizer = rowAdam(),
  clipNorm = 0.1,
  patience = 3,
  goals = {},
}: NoiseOptimizationOptions): AsyncGenerator<NoiseIteration, void, void> {
  const { batch, width, variableWidth } = program;
  if (initialNoise.length !== batch * width) {
    throw new RangeError(
      `optimizeNoise: initialNoise holds ${initialNoise.length} numbers; ${batch} samples of ${width} are needed.`,
    );
  }
  // The distribution form starts at mean 0 and variance 1: its noise is the given one.
  const variables =
    program.form === "noise" ? initialNoise.slice() : new Float32Array(batch * variableWidth);
  const wanted = Object.entries(goals);
  const moves = optimizer(batch, variableWidth);
  const best: BestNoise = {
    objective: new Float32Array(batch).fill(Infinity),
    iteration: new Int32Array(batch),
    noise: initialNoise.slice(),
    latents: new Float32Array(batch * width),
  };
  const active = new Array<boolean>(batch).fill(true);
  const rises = new Int32Array(batch);
  let before: Float32Array | undefined;
  for (let iteration = 0; iteration <= totalIterations; iteration++) {
    const { gradient, ...evaluation } = await program.evaluate(variables, initialNoise, inputs);
    const { objective, terms, noise, latents } = evaluation;
    const unknown = wanted.find(([name]) => terms[name] === undefined);
    if (unknown !== undefined) {
      throw new RangeError(
        `optimizeNoise: goals names ${unknown[0]}; the terms are ${Object.keys(terms).join(", ")}.`,
      );
    }
    for (let row = 0; row < batch; row++) {
      if (!active[row]!) continue;
      const value = objective[row]!;
      const isMet = wanted.length > 0 && wanted.every(([name, most]) => terms[name]![row]! <= most);
      if (value < best.objective[row]! || isMet) {
        best.objective[row] = value;
        best.iteration[row] = iteration;
        copyRow(best.noise, noise, row, width);
        copyRow(best.latents, latents, row, width);
      }
      rises[row] = before !== undefined && value > before[row]! ? rises[row]! + 1 : 0;
      // A number that is not one cannot be followed any further.
      active[row] = rises[row]! < patience && !isMet && Number.isFinite(value);
    }
    before = objective;
    yield {
      ...evaluation,
      iteration,
      totalIterations,
      noiseNorm: rowNorms(noise, width),
      best,
      active: [...active],
      networkCalls: (iteration + 1) * program.callsPerIteration,
    };
    if (!active.includes(true)) return;
    clipRows(gradient, variableWidth, clipNorm);
    moves.update(variables, gradient, active);
  }
}

function copyRow(to: Float32Array, from: Float32Array, row: number, width: number): void {
  to.set(from.subarray(row * width, (row + 1) * width), row * width);
}
