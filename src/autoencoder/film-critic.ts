import * as tf from "@tensorflow/tfjs-core";
import { conv2d, dense, groupNorm, silu, type ParameterScope } from "../nn/index.ts";

/** What the critic makes of films. */
export interface Critique {
  /** Shape [B, numClasses]. */
  readonly logits: tf.Tensor2D;
  /** Normalised feature maps at a half, a quarter and an eighth of the resolution. */
  readonly features: readonly tf.Tensor4D[];
}

/**
 * A classifier of films: which cell tokens it sees. It learns from real films alone and judges decoded ones.
 *
 * @param images Films, shape [B, H, W, 1], 0 black to 1 white.
 */
export function filmCritic(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  numClasses: number,
): Critique {
  let hidden = tf.sub<tf.Tensor4D>(tf.mul(images, 2), 1);
  const features: tf.Tensor4D[] = [];
  for (const [level, width] of [16, 32, 64].entries()) {
    hidden = conv2d(parameters.at(`conv${level}`), hidden, width, { stride: 2 });
    hidden = silu(groupNorm(parameters.at(`norm${level}`), hidden));
    features.push(hidden);
  }
  const narrow = silu(conv2d(parameters.at("narrow"), hidden, 16, { kernelSize: 1 }));
  const flat = tf.reshape<tf.Rank.R2>(narrow, [narrow.shape[0], -1]);
  const summary = silu(dense(parameters.at("features"), flat, 64));
  return { logits: dense(parameters.at("head"), summary, numClasses), features };
}
