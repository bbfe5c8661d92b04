import * as tf from "@tensorflow/tfjs-core";
import type { Codes } from "./decoder.ts";
import type { Posterior, Posteriors } from "./encoder.ts";

/** Codes at the middle of their posteriors: what encoding a film means outside training. */
export function meanCodes({ identity, pathology, acquisition }: Posteriors): Codes {
  return { identity: identity.mean, pathology: pathology.mean, acquisition: acquisition.mean };
}

/**
 * Draws codes from their posteriors: μ + σ·ε. Kingma and Welling 2014 (arXiv:1312.6114), eq. 4.
 *
 * @param noise Standard normal ε, one tensor a code, each of that code's shape.
 */
export function sampleCodes(posteriors: Posteriors, noise: Codes): Codes {
  const draw = <R extends tf.Rank>({ mean, logVariance }: Posterior<R>, epsilon: tf.Tensor<R>) =>
    tf.add<tf.Tensor<R>>(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), epsilon));
  return {
    identity: draw(posteriors.identity, noise.identity),
    pathology: draw(posteriors.pathology, noise.pathology),
    acquisition: draw(posteriors.acquisition, noise.acquisition),
  };
}

/** Films `begin` to `begin + size` of a batch of codes. */
export function sliceCodes(
  { identity, pathology, acquisition }: Codes,
  begin: number,
  size: number,
): Codes {
  return {
    identity: tf.slice(identity, [begin, 0, 0, 0], [size, -1, -1, -1]),
    pathology: tf.slice(pathology, [begin, 0], [size, -1]),
    acquisition: tf.slice(acquisition, [begin, 0], [size, -1]),
  };
}

/** Batches of codes one after the other. */
export function concatCodes(batches: readonly Codes[]): Codes {
  return {
    identity: tf.concat(batches.map(({ identity }) => identity)),
    pathology: tf.concat(batches.map(({ pathology }) => pathology)),
    acquisition: tf.concat(batches.map(({ acquisition }) => acquisition)),
  };
}
