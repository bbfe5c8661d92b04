import type * as tf from "@tensorflow/tfjs-core";
import {
  conditionArray,
  conditionTokens,
  createConditionEmbedder,
  type Condition,
  type SentenceEncoder,
} from "../conditioning/index.ts";
import type { NetworkConditions } from "../diffusion/index.ts";
import type { DiffusionRunSettings } from "./diffusion-settings.ts";

type Conditioned = Pick<DiffusionRunSettings, "conditions" | "sentences">;

/** Conditions as a network's inputs: `conditions`, and `sentences` where it was trained with them. */
export type ConditionWriter = (
  conditions: readonly Condition[],
) => Promise<Record<string, Float32Array>>;

/** Shapes of what a `ConditionWriter` writes for so many conditions. */
export function conditionShapes(
  { conditions, sentences }: Conditioned,
  batch: number,
): Record<string, readonly number[]> {
  return {
    conditions: [batch, conditions.slots, conditionTokens(conditions).length],
    ...(sentences === undefined ? {} : { sentences: [batch, sentences.width] }),
  };
}

/** Prepares writing conditions; the encoder is that of the settings, where they have one. */
export function createConditionWriter(
  { conditions: vocabulary }: Conditioned,
  encoder: SentenceEncoder | undefined,
): ConditionWriter {
  const embed = encoder === undefined ? undefined : createConditionEmbedder(encoder);
  return async (conditions) => ({
    // First: it says what the model does not know.
    conditions: conditionArray(conditions, vocabulary),
    ...(embed === undefined ? {} : { sentences: await embed(conditions) }),
  });
}

/** A compiled program's inputs as the network takes them. */
export function networkConditions(inputs: Readonly<Record<string, tf.Tensor>>): NetworkConditions {
  const { conditions, sentences, identity } = inputs;
  return {
    conditions: conditions as tf.Tensor3D,
    ...(sentences === undefined ? {} : { sentences: sentences as tf.Tensor2D }),
    ...(identity === undefined ? {} : { identity: identity as tf.Tensor2D }),
  };
}
