import * as tf from "@tensorflow/tfjs-core";

/**
 * What becomes of a film's residual u = x − x̂, which the codes could not hold: it fades where the film is meant to change,
 * is kept everywhere, or is dropped everywhere.
 */
export type ResidualPolicy = "attenuated" | "kept" | "dropped";

export const RESIDUAL_POLICIES: readonly ResidualPolicy[] = ["attenuated", "kept", "dropped"];

/** Change of intensity (of white = 1) at which an attenuated residual is down to 1/e. */
const RESIDUAL_SCALE = 0.03;

/**
 * A film's own noise carried over into its counterfactual: x_cf = x̂_cf + a·u. De Sousa Ribeiro et al. 2023
 * (arXiv:2306.15764), section 3. A residual kept everywhere (a = 1) would carry the old lesion along as a ghost, so
 * a = exp(−|x̂ − x̂_cf| / 0.03), averaged over 5x5 pixels, fades it where the counterfactual differs.
 *
 * @param films `residual` u, `reconstruction` x̂ and `predicted` x̂_cf, each of shape [B, H, W, 1].
 * @returns Shape [B, H, W, 1], from 0 to 1.
 */
export function carryResidual(
  {
    residual,
    reconstruction,
    predicted,
  }: {
    readonly residual: tf.Tensor4D;
    readonly reconstruction: tf.Tensor4D;
    readonly predicted: tf.Tensor4D;
  },
  policy: ResidualPolicy = "attenuated",
): tf.Tensor4D {
  if (policy === "dropped") return predicted;
  const carried =
    policy === "kept"
      ? residual
      : tf.mul<tf.Tensor4D>(attenuation(reconstruction, predicted), residual);
  return tf.clipByValue<tf.Tensor4D>(tf.add(predicted, carried), 0, 1);
}

function attenuation(reconstruction: tf.Tensor4D, predicted: tf.Tensor4D): tf.Tensor4D {
  const difference = tf.abs<tf.Tensor4D>(tf.sub(reconstruction, predicted));
  const change = tf.avgPool(difference, 5, 1, "same");
  return tf.exp(tf.neg(tf.div(change, RESIDUAL_SCALE)));
}
