import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "../nn/index.ts";

/** Least light that reaches a film, of all: below it absorption cannot be told. */
const LEAST_LIGHT = 0.02;
/** log of the level of absorption that is called even, and how far films commonly lie from it. */
const TYPICAL = 0.32;
const SPREAD = 0.25;

/**
 * How strongly films are exposed: the level of absorption a = −log(1 − x), in units of its common spread around 0. The level is
 * Σa³ / Σa², led by bone and soft tissue, which a disease of the lungs hardly changes; k times the absorption is k times the level.
 *
 * @param films Shape [B, H, W, 1], 0 black to 1 white.
 * @returns Shape [B, 1]; no gradient flows through it.
 */
export function measureExposure(films: tf.Tensor4D): tf.Tensor2D {
  const absorption = absorptionOf(films);
  const squares = tf.square(absorption);
  const level = tf.div(
    tf.sum(tf.mul(squares, absorption), [1, 2]),
    tf.add(tf.sum(squares, [1, 2]), 1e-6),
  );
  const exposure = tf.div(tf.sub(tf.log(tf.add(level, 1e-6)), TYPICAL), SPREAD);
  return stopGradient(tf.reshape<tf.Rank.R2>(exposure, [films.shape[0], 1]));
}

/** Films as they would be at the even level: what a patient and a disease look like whatever the exposure. */
export function evenExposure(films: tf.Tensor4D, exposure: tf.Tensor2D): tf.Tensor4D {
  return reExpose(films, tf.neg(exposure));
}

/** Even films exposed as `exposure` says; undoes `evenExposure`. */
export function expose(films: tf.Tensor4D, exposure: tf.Tensor2D): tf.Tensor4D {
  return reExpose(films, exposure);
}

/** x = 1 − exp(−g·a), the law of Beer and Lambert, with g = exp(SPREAD · change). */
function reExpose(films: tf.Tensor4D, change: tf.Tensor2D): tf.Tensor4D {
  const gain = tf.reshape<tf.Rank.R4>(tf.exp(tf.mul(change, SPREAD)), [films.shape[0], 1, 1, 1]);
  const light = tf.exp(tf.neg(tf.mul(absorptionOf(films), gain)));
  return tf.clipByValue<tf.Tensor4D>(tf.div(tf.sub(1, light), 1 - LEAST_LIGHT), 0, 1);
}

function absorptionOf(films: tf.Tensor4D): tf.Tensor4D {
  return tf.neg<tf.Tensor4D>(tf.log(tf.sub(1, tf.mul(films, 1 - LEAST_LIGHT))));
}
