import * as tf from "@tensorflow/tfjs-core";
import type { ParameterScope } from "../nn/index.ts";
import { meanCodes } from "./codes.ts";
import { decode } from "./decoder.ts";
import { encode } from "./encoder.ts";
import type { AutoencoderSettings } from "./settings.ts";

/** A film, what the codes keep of it, and the film under another pathology; each [B, H, W, 1]. */
export interface CounterfactualFilms {
  /** x̂: the film decoded from its own codes. */
  readonly reconstruction: tf.Tensor4D;
  /** The film decoded with the other pathology code. */
  readonly swapped: tf.Tensor4D;
  /** `swapped` with the film's own residual given back where the swap changes nothing. */
  readonly counterfactual: tf.Tensor4D;
}

/** Change of intensity (of white = 1) at which the residual is down to 1/e. */
const RESIDUAL_SCALE = 0.03;

/**
 * Abduction, action, prediction: encodes films, replaces the pathology code, decodes, and gives back the
 * residual u = x − x̂ that the codes could not hold: x_cf = x̂_cf + a·u. De Sousa Ribeiro et al. 2023
 * (arXiv:2306.15764), section 3. A residual kept everywhere would carry the old lesion along as a ghost,
 * so a = exp(−|x̂ − x̂_cf| / 0.03), averaged over 5x5 pixels, fades it where the swap changes the film.
 *
 * @param images Films, shape [B, H, W, 1].
 * @param pathology Pathology codes, shape [B, pathologyWidth].
 */
export function counterfactualFilms(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  pathology: tf.Tensor2D,
  settings: AutoencoderSettings,
): CounterfactualFilms {
  const codes = meanCodes(encode(parameters.at("encoder"), images, settings));
  const decoder = parameters.at("decoder");
  const reconstruction = decode(decoder, codes, settings);
  const swapped = decode(decoder, { ...codes, pathology }, settings);
  const difference = tf.abs<tf.Tensor4D>(tf.sub(reconstruction, swapped));
  const change = tf.avgPool(difference, 5, 1, "same");
  const kept = tf.exp(tf.neg(tf.div(change, RESIDUAL_SCALE)));
  const residual = tf.mul(kept, tf.sub(images, reconstruction));
  return {
    reconstruction,
    swapped,
    counterfactual: tf.clipByValue<tf.Tensor4D>(tf.add(swapped, residual), 0, 1),
  };
}
