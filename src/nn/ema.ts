import * as tf from "@tensorflow/tfjs-core";

/**
 * Moves averages towards parameters: θ̄ ← d·θ̄ + (1 − d)·θ. Polyak and Juditsky 1992, in its exponential form.
 *
 * @param decay d, a scalar tensor from 0 to 1, so that a schedule can drive a compiled step.
 */
export function updateEma(
  averages: ReadonlyMap<string, tf.Variable>,
  parameters: ReadonlyMap<string, tf.Variable>,
  decay: tf.Tensor,
): void {
  const rest = tf.sub(1, decay);
  for (const [name, average] of averages) {
    const parameter = parameters.get(name);
    if (parameter === undefined) continue;
    average.assign(tf.add(tf.mul(average, decay), tf.mul(parameter, rest)));
  }
}
