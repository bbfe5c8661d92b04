import * as tf from "@tensorflow/tfjs-core";
import { silu } from "../engine/index.ts";
import { fanInNormal } from "./initialisers.ts";
import { dense, layerNorm } from "./layers.ts";
import type { ParameterScope } from "./parameters.ts";

/** How tokens attend to each other, and who looks on. */
export interface AttentionOptions {
  /** 4 when omitted. */
  readonly heads?: number;
  /** Told the weights, shape [B, heads, N, N]: row n is what token n attends to, and sums to 1. */
  readonly onWeights?: (weights: tf.Tensor4D) => void;
}

/**
 * Multi-head self-attention: softmax(Q·Kᵀ / √d)·V over the tokens. Vaswani et al. 2017, eq. 1.
 *
 * @param tokens Shape [B, N, D]; D a multiple of `heads`.
 */
export function selfAttention(
  parameters: ParameterScope,
  tokens: tf.Tensor3D,
  { heads = 4, onWeights }: AttentionOptions = {},
): tf.Tensor3D {
  const [batch, count, width] = tokens.shape;
  if (width % heads !== 0) {
    throw new RangeError(`selfAttention: width ${width} does not divide into ${heads} heads.`);
  }
  const split = (name: string) => {
    const projected = dense(parameters.at(name), tokens, width);
    const headed = tf.reshape(projected, [batch, count, heads, width / heads]);
    return tf.transpose(headed, [0, 2, 1, 3]); // [B, heads, N, D / heads]
  };
  const scores = tf.matMul(split("query"), split("key"), false, true);
  const weights = tf.softmax<tf.Tensor4D>(tf.div(scores, Math.sqrt(width / heads)));
  onWeights?.(weights);
  const mixed = tf.transpose(tf.matMul(weights, split("value")), [0, 2, 1, 3]);
  return dense(parameters.at("output"), tf.reshape(mixed, tokens.shape), width, {
    initialise: fanInNormal(0.5),
  });
}

/**
 * Pre-norm transformer block: attention, then a two-layer network of width `expansion`·D, each added to its input.
 *
 * @param tokens Shape [B, N, D].
 */
export function transformerBlock(
  parameters: ParameterScope,
  tokens: tf.Tensor3D,
  { expansion = 2, ...attention }: AttentionOptions & { readonly expansion?: number } = {},
): tf.Tensor3D {
  const width = tokens.shape[2];
  const attended = tf.add<tf.Tensor3D>(
    tokens,
    selfAttention(parameters.at("attention"), layerNorm(parameters.at("norm1"), tokens), attention),
  );
  const hidden = silu(
    dense(parameters.at("expand"), layerNorm(parameters.at("norm2"), attended), width * expansion),
  );
  return tf.add(
    attended,
    dense(parameters.at("contract"), hidden, width, { initialise: fanInNormal(0.5) }),
  );
}
