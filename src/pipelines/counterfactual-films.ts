import * as tf from "@tensorflow/tfjs-core";
import { decode, encode, meanCodes, type AutoencoderSettings } from "../autoencoder/index.ts";
import { carryResidual, type ResidualPolicy } from "../causal/index.ts";
import type { ParameterScope } from "../nn/index.ts";

/** A film, what the codes keep of it, and the film under another pathology; each [B, H, W, 1]. */
export interface CounterfactualFilms {
  /** x̂: the film decoded from its own codes. */
  readonly reconstruction: tf.Tensor4D;
  /** The film decoded with the other pathology code. */
  readonly swapped: tf.Tensor4D;
  /** `swapped` with the film's own residual given back, where the swap changes nothing unless the policy says otherwise. */
  readonly counterfactual: tf.Tensor4D;
}

/**
 * Abduction, action, prediction of a swap in one graph: encodes films, replaces the pathology code, decodes, and gives back
 * the residual as `carryResidual` says.
 *
 * @param images Films, shape [B, H, W, 1].
 * @param pathology Pathology codes, shape [B, pathologyWidth].
 */
export function counterfactualFilms(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  pathology: tf.Tensor2D,
  settings: AutoencoderSettings,
  policy: ResidualPolicy = "attenuated",
): CounterfactualFilms {
  const codes = meanCodes(encode(parameters.at("encoder"), images, settings));
  const decoder = parameters.at("decoder");
  const reconstruction = decode(decoder, codes, settings);
  const swapped = decode(decoder, { ...codes, pathology }, settings);
  const residual = tf.sub<tf.Tensor4D>(images, reconstruction);
  const counterfactual = carryResidual({ residual, reconstruction, predicted: swapped }, policy);
  return { reconstruction, swapped, counterfactual };
}
