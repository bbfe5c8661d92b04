import type { Predict } from "./sample.ts";
import type { SamplerStep } from "./sampler-steps.ts";

/**
 * Finds the initial noise from which a deterministic sampler makes given clean latents: abduction, yielding after each
 * step. Each step x_s = a·x_t + b·m(x_t, t) is solved for x_t by fixed-point iteration, x_t ← (x_s − b·m(x_t, t)) / a from
 * x_t = x_s: one iteration is DDIM inversion (Song et al. 2021, arXiv:2010.02502, section 4.3), more make it exact
 * (Pan et al. 2023, arXiv:2309.04907).
 *
 * @param steps Of DDIM with eta 0 or Euler.
 * @param iterations 4 when omitted.
 * @throws RangeError for steps with memory or noise, or that forget x_t altogether.
 */
export async function* invertSampler(
  steps: readonly SamplerStep[],
  {
    latents: clean,
    predict,
    iterations = 4,
  }: {
    readonly latents: Float32Array;
    readonly predict: Predict;
    readonly iterations?: number;
  },
): AsyncGenerator<InversionProgress, void, void> {
  if (
    steps.some(({ next }) => next.noise !== 0 || next.previousDenoised !== 0 || next.latents === 0)
  ) {
    throw new RangeError(
      'Only DDIM with eta 0 and Euler can be inverted, and not where the network predicts "sample".',
    );
  }
  let latents = clean;
  for (const [index, { timestep, next }] of [...steps].reverse().entries()) {
    let guess = latents;
    let change = Infinity;
    for (let iteration = 0; iteration < iterations; iteration++) {
      const output = await predict(guess, timestep);
      const target = latents;
      const better = guess.map((_, at) => (target[at]! - next.output * output[at]!) / next.latents);
      change = rootMeanSquare(better.map((value, at) => value - guess[at]!));
      guess = better;
    }
    latents = guess;
    yield { step: index + 1, totalSteps: steps.length, timestep, latents, change };
  }
}

/** What an inversion tells after each step. */
export interface InversionProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly timestep: number;
  /** x_t; the initial noise after the last step. */
  readonly latents: Float32Array;
  /** Root mean square of what the last iteration still moved. */
  readonly change: number;
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
