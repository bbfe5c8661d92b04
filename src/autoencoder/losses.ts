import * as tf from "@tensorflow/tfjs-core";
import type { Posterior } from "./encoder.ts";

/** Mean absolute difference over everything; a scalar. */
export function l1(first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  return tf.mean<tf.Scalar>(tf.abs(tf.sub(first, second)));
}

/**
 * Structural similarity, averaged over places and films. Wang et al. 2004, eq. 13, with a uniform
 * 7x7 window and intensities from 0 to 1.
 *
 * @param first Shape [B, H, W, 1], H and W at least 7.
 * @returns A scalar from -1 to 1; 1 for equal films.
 */
export function ssim(first: tf.Tensor4D, second: tf.Tensor4D): tf.Scalar {
  const c1 = 0.01 ** 2;
  const c2 = 0.03 ** 2;
  const blur = (images: tf.Tensor4D) => tf.avgPool(images, 7, 1, "valid");
  const mean1 = blur(first);
  const mean2 = blur(second);
  const product = tf.mul(mean1, mean2);
  const squares = tf.add(tf.square(mean1), tf.square(mean2));
  const variances = tf.sub(blur(tf.add(tf.square(first), tf.square(second))), squares);
  const covariance = tf.sub(blur(tf.mul(first, second)), product);
  const numerator = tf.mul(tf.add(tf.mul(product, 2), c1), tf.add(tf.mul(covariance, 2), c2));
  const denominator = tf.mul(tf.add(squares, c1), tf.add(variances, c2));
  return tf.mean<tf.Scalar>(tf.div(numerator, denominator));
}

/**
 * How far films are from what they should be: |x − x̂| + λ·(1 − SSIM).
 * Nie et al. 2025 (arXiv:2504.14450), reconstruction loss, with L1 in place of L2: sharper small lesions.
 */
export function reconstructionLoss(
  predicted: tf.Tensor4D,
  target: tf.Tensor4D,
  ssimWeight: number,
): tf.Scalar {
  return tf.add(l1(predicted, target), tf.mul(tf.sub(1, ssim(predicted, target)), ssimWeight));
}

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) with free bits: each dimension's batch mean counts from `freeNats` up.
 * Kingma et al. 2016 (arXiv:1606.04934), eq. 15.
 *
 * @param freeNats Nats a dimension may carry at no cost.
 * @returns A scalar: the sum over the code's dimensions, in nats.
 */
export function klDivergence<R extends tf.Rank>(
  { mean, logVariance }: Posterior<R>,
  freeNats: number,
): tf.Scalar {
  const nats = tf.mul(
    tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1)),
    0.5,
  );
  return tf.sum<tf.Scalar>(tf.maximum(tf.mean(nats, 0), freeNats));
}

/** Binary cross-entropy of several yes-or-no labels, from logits; the mean over everything. */
export function binaryCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  const loss = tf.sub(tf.softplus(logits), tf.mul(logits, labels));
  return tf.mean<tf.Scalar>(loss);
}

/**
 * Independence penalty: the mean squared cross-correlation of two codes over the batch, 0 when no
 * number of one is linearly related to any of the other.
 *
 * @param first Shape [B, D1].
 * @param second Shape [B, D2].
 */
export function crossCorrelation(first: tf.Tensor2D, second: tf.Tensor2D): tf.Scalar {
  const standard = (codes: tf.Tensor2D) => {
    const centred = tf.sub(codes, tf.mean(codes, 0, true));
    const variance = tf.mean(tf.square(centred), 0, true);
    return tf.mul<tf.Tensor2D>(centred, tf.rsqrt(tf.add(variance, 1e-4)));
  };
  const correlation = tf.div(
    tf.matMul(standard(first), standard(second), true, false),
    first.shape[0],
  );
  return tf.mean<tf.Scalar>(tf.square(correlation));
}
