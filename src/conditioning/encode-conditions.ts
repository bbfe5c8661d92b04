import * as tf from "@tensorflow/tfjs-core";
import { dense, scaledNormal, silu, type ParameterScope } from "../nn/index.ts";

/**
 * One vector for each condition: Σ_slots mlp(sum of the slot's token embeddings), so that side and severity stay with their
 * finding and the order of findings means nothing (Zaheer et al. 2017, arXiv:1703.06114, theorem 2). An empty condition has
 * a learnt vector of its own.
 *
 * @param conditions As `conditionArray` writes them, shape [B, slots, tokens].
 * @param options `sentences`: what a frozen encoder makes of each condition's sentence, rows of length 1, shape [B, E]; zeros where there is none.
 * @returns Shape [B, width].
 */
export function encodeConditions(
  parameters: ParameterScope,
  conditions: tf.Tensor3D,
  { width, sentences }: { readonly width: number; readonly sentences?: tf.Tensor2D },
): tf.Tensor2D {
  const [batch, slots, tokens] = conditions.shape;
  const table = parameters.get("tokens", [tokens, width], scaledNormal(0.5));
  const rows = tf.reshape<tf.Rank.R2>(conditions, [batch * slots, tokens]);
  const embedded = tf.matMul(rows, table);
  const mixed = dense(
    parameters.at("mix"),
    silu(dense(parameters.at("hidden"), embedded, width)),
    width,
  );
  const isUsed = tf.minimum<tf.Tensor2D>(tf.sum(rows, 1, true), 1); // [B·slots, 1]
  const perSlot = tf.reshape<tf.Rank.R3>(tf.mul(tf.add(embedded, mixed), isUsed), [
    batch,
    slots,
    width,
  ]);
  const isEmpty = tf.sub(1, tf.minimum(tf.sum(conditions, [1, 2]), 1));
  const empty = parameters.get("empty", [1, width], scaledNormal(0.5));
  const ours = tf.add<tf.Tensor2D>(
    tf.sum(perSlot, 1),
    tf.mul(tf.reshape(isEmpty, [batch, 1]), empty),
  );
  if (sentences === undefined) return ours;
  // Rows have length 1: so scaled, their numbers are as large as those of tokens.
  const loud = tf.mul<tf.Tensor2D>(sentences, Math.sqrt(sentences.shape[1]));
  return tf.add(ours, dense(parameters.at("text"), loud, width));
}
