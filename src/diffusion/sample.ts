import type { SamplerStep } from "./sampler-steps.ts";

/** Asks the network: noisy latents [B·D] at a timestep -> its output, of the same length. */
export type Predict = (latents: Float32Array, timestep: number) => Promise<Float32Array>;

/** What a sampler tells after each step. */
export interface SamplingProgress {
  /** Steps done, from 1. */
  readonly step: number;
  readonly totalSteps: number;
  readonly timestep: number;
  /** x_s: clean after the last step. */
  readonly latents: Float32Array;
  /** x̂_0 as this step saw it. */
  readonly denoised: Float32Array;
}

/**
 * Runs a sampler's steps from initial noise, yielding after each.
 *
 * @param noise Standard normal z for the steps that add noise (DDPM, DDIM with η > 0), by index of the step; needed only there.
 */
export async function* sample(
  steps: readonly SamplerStep[],
  {
    initialNoise,
    predict,
    noise,
  }: {
    readonly initialNoise: Float32Array;
    readonly predict: Predict;
    readonly noise?: (step: number, count: number) => Float32Array;
  },
): AsyncGenerator<SamplingProgress, void, void> {
  let latents = initialNoise;
  let previousDenoised = new Float32Array(initialNoise.length);
  for (const [index, { timestep, denoised: clean, next }] of steps.entries()) {
    const output = await predict(latents, timestep);
    if (output.length !== latents.length) {
      throw new RangeError(
        `The network gave ${output.length} numbers for ${latents.length} latents.`,
      );
    }
    const fresh = next.noise > 0 ? freshNoise(noise, index, latents.length) : undefined;
    const denoised = new Float32Array(latents.length);
    const moved = new Float32Array(latents.length);
    for (let at = 0; at < latents.length; at++) {
      const x = latents[at]!;
      const m = output[at]!;
      denoised[at] = clean.latents * x + clean.output * m;
      moved[at] =
        next.latents * x +
        next.output * m +
        next.previousDenoised * previousDenoised[at]! +
        next.noise * (fresh?.[at] ?? 0);
    }
    latents = moved;
    previousDenoised = denoised;
    yield { step: index + 1, totalSteps: steps.length, timestep, latents, denoised };
  }
}

/** Runs all steps and gives the clean latents. */
export async function sampleToEnd(...args: Parameters<typeof sample>): Promise<Float32Array> {
  let latents = args[1].initialNoise;
  for await (const progress of sample(...args)) latents = progress.latents;
  return latents;
}

function freshNoise(
  noise: ((step: number, count: number) => Float32Array) | undefined,
  step: number,
  count: number,
): Float32Array {
  if (noise === undefined) {
    throw new RangeError(
      "This sampler adds noise at its steps: give `noise`, or take one that adds none (DDIM with eta 0, dpmSolver, euler).",
    );
  }
  return noise(step, count);
}
