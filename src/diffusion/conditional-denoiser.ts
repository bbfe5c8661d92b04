import * as tf from "@tensorflow/tfjs-core";
import { encodeConditions } from "../conditioning/index.ts";
import type { ParameterScope } from "../nn/index.ts";
import { denoise, denoiserContext } from "./denoiser.ts";
import { guide } from "./guidance.ts";
import type { DenoiserSettings } from "./settings.ts";

/** A network that knows its conditions: latents [B, D] at a timestep -> its output, [B, D]. */
export type ConditionedNetwork = (
  latents: tf.Tensor2D,
  timestep: number | tf.Tensor2D,
) => tf.Tensor2D;

export interface NetworkConditions {
  /** As `conditionArray` writes them, shape [B, slots, tokens]; zeros stand for "anything". */
  readonly conditions: tf.Tensor3D;
  /** Embedded sentences, shape [B, E], where the network was trained with them; zeros stand for "anything". */
  readonly sentences?: tf.Tensor2D;
  /** Scaled identity codes, shape [B, their width], where the denoiser is told them. */
  readonly identity?: tf.Tensor2D;
}

/** The denoiser under given conditions; what depends on them alone is computed once. */
export function conditionedDenoiser(
  parameters: ParameterScope,
  { conditions, sentences, identity }: NetworkConditions,
  settings: DenoiserSettings,
): ConditionedNetwork {
  const condition = encodeConditions(parameters.at("conditions"), conditions, {
    width: settings.contextWidth,
    ...(sentences === undefined ? {} : { sentences }),
  });
  const context = denoiserContext(parameters, condition, identity, settings);
  return (latents, timestep) =>
    denoise(parameters.at("denoiser"), latents, timestep, context, settings);
}

/**
 * The denoiser with classifier-free guidance; see `guide`. The unguided half forgets the condition and keeps the identity:
 * guidance strengthens the finding, not the patient.
 *
 * @param guidanceScale 1 asks the network once, others twice.
 */
export function guidedDenoiser(
  parameters: ParameterScope,
  given: NetworkConditions,
  {
    settings,
    guidanceScale,
  }: { readonly settings: DenoiserSettings; readonly guidanceScale: number },
): ConditionedNetwork {
  if (guidanceScale === 1) return conditionedDenoiser(parameters, given, settings);
  const { conditions, sentences, identity } = given;
  const both = conditionedDenoiser(
    parameters,
    {
      conditions: tf.concat3d([conditions, tf.zerosLike(conditions)], 0),
      ...(sentences === undefined
        ? {}
        : { sentences: tf.concat2d([sentences, tf.zerosLike(sentences)], 0) }),
      ...(identity === undefined ? {} : { identity: tf.concat2d([identity, identity], 0) }),
    },
    settings,
  );
  return (latents, timestep) => {
    const times = typeof timestep === "number" ? timestep : tf.concat2d([timestep, timestep], 0);
    const outputs = both(tf.concat2d([latents, latents], 0), times);
    const [conditional, unconditional] = tf.split<tf.Tensor2D>(outputs, 2, 0);
    return guide(conditional!, unconditional!, guidanceScale);
  };
}
