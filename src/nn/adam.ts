import * as tf from "@tensorflow/tfjs-core";

/** Moments of one parameter, and the step count, as variables: part of a checkpoint. */
export interface AdamState {
  readonly step: tf.Variable;
  readonly slots: ReadonlyMap<string, { readonly mean: tf.Variable; readonly square: tf.Variable }>;
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled weight decay, per unit of learning rate; applied to tensors of rank 2 and more. */
  readonly weightDecay?: number;
  /** Gradients are scaled down so that their joint L2 norm is at most this; off when omitted. */
  readonly clipNorm?: number;
}

/** Starts Adam's moments at zero for each parameter. */
export function adamState(parameters: ReadonlyMap<string, tf.Variable>): AdamState {
  const blank = (shape: number[]) =>
    tf.tidy(() => tf.keep(tf.variable(tf.zeros(shape), false, undefined, "float32")));
  return {
    step: blank([]),
    slots: new Map(
      [...parameters].map(([name, { shape }]) => [
        name,
        { mean: blank(shape), square: blank(shape) },
      ]),
    ),
  };
}

/**
 * One step of Adam with decoupled weight decay: θ ← θ − η·(m̂ / (√v̂ + ε) + λθ).
 * Kingma and Ba 2015 (arXiv:1412.6980), algorithm 1; Loshchilov and Hutter 2019 (arXiv:1711.05101).
 *
 * @param gradients By parameter name; a parameter without a gradient stays as it is.
 * @param learningRate η, a scalar tensor, so that a schedule can drive a compiled step.
 */
export function applyAdam(
  parameters: ReadonlyMap<string, tf.Variable>,
  gradients: ReadonlyMap<string, tf.Tensor>,
  state: AdamState,
  learningRate: tf.Tensor,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm }: AdamOptions = {},
): void {
  const step = tf.add(state.step, 1);
  state.step.assign(step);
  const correction1 = tf.sub(1, tf.pow(beta1, step));
  const correction2 = tf.sub(1, tf.pow(beta2, step));
  const scale = clipNorm === undefined ? undefined : clipScale(gradients, clipNorm);
  for (const [name, parameter] of parameters) {
    const raw = gradients.get(name);
    const slot = state.slots.get(name);
    if (raw === undefined || slot === undefined) continue;
    const gradient = scale === undefined ? raw : tf.mul(raw, scale);
    const mean = tf.add(tf.mul(slot.mean, beta1), tf.mul(gradient, 1 - beta1));
    const square = tf.add(tf.mul(slot.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    slot.mean.assign(mean);
    slot.square.assign(square);
    const adapted = tf.div(
      tf.div(mean, correction1),
      tf.add(tf.sqrt(tf.div(square, correction2)), epsilon),
    );
    const update =
      weightDecay > 0 && parameter.rank > 1
        ? tf.add(adapted, tf.mul(parameter, weightDecay))
        : adapted;
    parameter.assign(tf.sub(parameter, tf.mul(update, learningRate)));
  }
}

function clipScale(gradients: ReadonlyMap<string, tf.Tensor>, clipNorm: number): tf.Tensor {
  const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.div(clipNorm, tf.maximum(norm, clipNorm));
}
