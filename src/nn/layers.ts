import * as tf from "@tensorflow/tfjs-core";
import { groupNorm as fusedGroupNorm } from "../engine/index.ts";
import { fanInNormal, ones, zeros } from "./initialisers.ts";
import type { Initialiser, ParameterScope } from "./parameters.ts";

/**
 * Affine map of the last dimension: y = x·W + b.
 *
 * @param input Shape [..., D].
 * @returns Shape [..., units].
 */
export function dense<R extends tf.Rank>(
  parameters: ParameterScope,
  input: tf.Tensor<R>,
  units: number,
  { initialise = fanInNormal() }: { readonly initialise?: Initialiser } = {},
): tf.Tensor<R> {
  const width = input.shape[input.rank - 1]!;
  const kernel = parameters.get("kernel", [width, units], initialise);
  const bias = parameters.get("bias", [units], zeros);
  const rows = tf.reshape(input, [-1, width]);
  const output = tf.add(tf.matMul(rows, kernel as tf.Tensor2D), bias);
  const shape = [...input.shape.slice(0, -1), units] as tf.ShapeMap[R];
  return tf.reshape(output, shape);
}

/**
 * Two-dimensional convolution with "same" padding.
 *
 * @param images Shape [B, H, W, C].
 * @returns Shape [B, H / stride, W / stride, filters].
 */
export function conv2d(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  filters: number,
  {
    kernelSize = 3,
    stride = 1,
    initialise = fanInNormal(),
  }: {
    readonly kernelSize?: number;
    readonly stride?: number;
    readonly initialise?: Initialiser;
  } = {},
): tf.Tensor4D {
  const shape = [kernelSize, kernelSize, images.shape[3], filters];
  const kernel = parameters.get("kernel", shape, initialise);
  const bias = parameters.get("bias", [filters], zeros);
  return tf.add(tf.conv2d(images, kernel as tf.Tensor4D, stride, "same"), bias);
}

/**
 * Group normalisation: each group of channels of each image to mean 0 and variance 1, then scale and shift.
 * Wu and He 2018 (arXiv:1803.08494).
 *
 * @param images Shape [B, H, W, C]; C a multiple of `groups`.
 * @param groups 8 when omitted.
 */
export function groupNorm(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  { groups = 8, epsilon = 1e-5 }: { readonly groups?: number; readonly epsilon?: number } = {},
): tf.Tensor4D {
  const channels = images.shape[3];
  if (channels % groups !== 0) {
    throw new RangeError(
      `groupNorm: ${channels} channels do not divide into ${groups} groups; choose a multiple of ${groups}.`,
    );
  }
  const scale = parameters.get("scale", [channels], ones) as tf.Tensor1D;
  const shift = parameters.get("shift", [channels], zeros) as tf.Tensor1D;
  return fusedGroupNorm(images, scale, shift, { groups, epsilon });
}

/** Layer normalisation of the last dimension. Ba et al. 2016 (arXiv:1607.06450). */
export function layerNorm<T extends tf.Tensor>(
  parameters: ParameterScope,
  input: T,
  { epsilon = 1e-5 }: { readonly epsilon?: number } = {},
): T {
  const width = input.shape[input.rank - 1]!;
  const scale = parameters.get("scale", [width], ones);
  const shift = parameters.get("shift", [width], zeros);
  return tf.add(tf.mul(standardise(input, [input.rank - 1], epsilon), scale), shift);
}

/** Doubles height and width by repeating pixels. */
export function upsample(images: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = images.shape;
  return tf.image.resizeNearestNeighbor(images, [height * 2, width * 2]);
}

/**
 * Each 2x2 patch of pixels becomes one pixel with four times the channels; halves height and width.
 *
 * @param images Shape [B, H, W, C], H and W even.
 */
export function spaceToDepth(images: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const split = tf.reshape(images, [batch, height / 2, 2, width / 2, 2, channels]);
  const grouped = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(grouped, [batch, height / 2, width / 2, 4 * channels]);
}

/** The way back from `spaceToDepth`: four channels become a 2x2 patch. Shi et al. 2016 (arXiv:1609.05158). */
export function depthToSpace(images: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const split = tf.reshape(images, [batch, height, width, 2, 2, channels / 4]);
  const spread = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(spread, [batch, height * 2, width * 2, channels / 4]);
}

function standardise(input: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const centred = tf.sub(input, tf.mean(input, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
}
