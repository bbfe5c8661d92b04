import * as tf from "@tensorflow/tfjs-core";
import { silu } from "../engine/index.ts";
import { zeros } from "./initialisers.ts";
import { conv2d, groupNorm } from "./layers.ts";
import type { ParameterScope } from "./parameters.ts";

/**
 * Pre-activation residual block: x + conv(silu(norm(conv(silu(norm(x)))))), the second convolution
 * starting at zero so that a new block is the identity. He et al. 2016 (arXiv:1603.05027).
 *
 * @param images Shape [B, H, W, C].
 * @returns Shape [B, H, W, filters].
 */
export function resblock(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  filters: number,
): tf.Tensor4D {
  const first = silu(groupNorm(parameters.at("norm1"), images));
  const hidden = conv2d(parameters.at("conv1"), first, filters);
  const second = silu(groupNorm(parameters.at("norm2"), hidden));
  const residual = conv2d(parameters.at("conv2"), second, filters, { initialise: zeros });
  const skip =
    images.shape[3] === filters
      ? images
      : conv2d(parameters.at("skip"), images, filters, { kernelSize: 1 });
  return tf.add(skip, residual);
}
