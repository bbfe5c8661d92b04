import * as tf from "@tensorflow/tfjs-core";

/**
 * How unlikely the norm of each row is: ½‖ε‖² − (d − 1)·log‖ε‖, the negative log-density of the χ distribution up to a
 * constant; least at ‖ε‖ = √(d − 1). Eyring et al. 2024 (arXiv:2406.04312), eq. 7 and its appendix; Samuel et al. 2023 (arXiv:2306.08687), eq. 3.
 *
 * @param noise Shape [B, d].
 * @returns Shape [B].
 */
export function normPenalty(noise: tf.Tensor2D): tf.Tensor1D {
  const squares = tf.sum<tf.Tensor1D>(tf.square(noise), 1);
  const logNorm = tf.mul(0.5, tf.log(squares));
  return tf.sub(tf.mul(0.5, squares), tf.mul(noise.shape[1] - 1, logNorm));
}

/** The least value that `normPenalty` has: at ‖ε‖ = √(d − 1). */
export function leastNormPenalty(width: number): number {
  const square = width - 1;
  return 0.5 * square - 0.5 * square * Math.log(square);
}

/** Log-density of the norm of d standard normal numbers: (d − 1)·log r − r²/2 − (d/2 − 1)·log 2 − log Γ(d/2). */
export function logChiDensity(norm: number, width: number): number {
  return (
    (width - 1) * Math.log(norm) - norm ** 2 / 2 - (width / 2 - 1) * Math.LN2 - logGamma(width / 2)
  );
}

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) of each row, mean over its numbers: ½·(σ² + μ² − 1 − log σ²). Guo et al. 2024 (arXiv:2404.04650), eq. 8.
 *
 * @param mean Shape [B, d].
 * @param logVariance log σ², shape [B, d].
 * @returns Shape [B].
 */
export function distributionPenalty(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Tensor1D {
  const inside = tf.sub(tf.add(tf.exp(logVariance), tf.square(mean)), tf.add(logVariance, 1));
  return tf.mul(0.5, tf.mean(inside, 1));
}

/** log Γ by Stirling's series after shifting the argument above 10; exact to 1e-12. */
function logGamma(argument: number): number {
  let shift = 0;
  let x = argument;
  for (; x < 10; x++) shift -= Math.log(x);
  const inverse = 1 / x;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
