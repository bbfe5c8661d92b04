import * as tf from "@tensorflow/tfjs-core";
import type { SamplerStep } from "./sampler-steps.ts";

/**
 * The same steps as `sample`, inside a traced function: its gradient with respect to the initial noise is that of the
 * whole sampler.
 *
 * @param initialNoise x_T, shape [B, D].
 * @returns The clean latents, and x̂_0 as each step saw it.
 * @throws RangeError for steps that add noise: make those deterministic.
 */
export function unrollSampler(
  steps: readonly SamplerStep[],
  initialNoise: tf.Tensor2D,
  predict: (latents: tf.Tensor2D, timestep: number) => tf.Tensor2D,
): { readonly latents: tf.Tensor2D; readonly denoised: readonly tf.Tensor2D[] } {
  let latents = initialNoise;
  const denoised: tf.Tensor2D[] = [];
  for (const { timestep, denoised: clean, next } of steps) {
    if (next.noise > 0) {
      throw new RangeError(
        "unrollSampler: these steps add noise; take DDIM with eta 0, dpmSolver or euler.",
      );
    }
    const output = predict(latents, timestep);
    const previous = denoised.at(-1);
    denoised.push(combine([latents, clean.latents], [output, clean.output]));
    latents = combine(
      [latents, next.latents],
      [output, next.output],
      ...(previous === undefined ? [] : [[previous, next.previousDenoised] as const]),
    );
  }
  return { latents, denoised };
}

/** A sum of tensors with weights; terms of weight 0 are left out of the graph. */
function combine(...terms: readonly (readonly [tf.Tensor2D, number])[]): tf.Tensor2D {
  const weighted = terms
    .filter(([, weight]) => weight !== 0)
    .map(([tensor, weight]) => tf.mul<tf.Tensor2D>(tensor, weight));
  return weighted.length === 1 ? weighted[0]! : tf.addN(weighted);
}
