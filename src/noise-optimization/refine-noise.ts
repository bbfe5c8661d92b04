import type { Predict, SamplerStep } from "../diffusion/index.ts";
import { rowNorms } from "./row-optimizers.ts";

/** What one backprop-free refinement did. */
export interface NoiseRefinement {
  /** From 1. */
  readonly iteration: number;
  readonly totalIterations: number;
  readonly noise: Float32Array;
  /** Norm of the last change of x̂_0 by the condition, each sample. */
  readonly conditionEffect: Float32Array;
  readonly noiseNorm: Float32Array;
  /** x̂_0 under the condition, as the first step sees it. */
  readonly denoised: Float32Array;
  readonly networkCalls: number;
}

/**
 * Moves initial noise towards the condition without a gradient: ε ← ‖ε‖·n(ε + s·‖ε‖·n(x̂_0(ε, y) − x̂_0(ε, ∅))), n(·) being division by
 * the norm, at the first timestep alone. Two network calls an iteration; for devices and networks where backpropagation through the sampler is
 * too much. After noise-level guidance (arXiv:2509.13936), in our own form: that paper's exact update was not at hand.
 *
 * @param step The sampler's first.
 * @param options `stepSize`: s, 0.1 when omitted.
 */
export async function* refineNoise({
  step: { timestep, denoised: clean },
  width,
  initialNoise,
  conditional,
  unconditional,
  totalIterations = 5,
  stepSize = 0.1,
}: {
  readonly step: SamplerStep;
  readonly width: number;
  readonly initialNoise: Float32Array;
  readonly conditional: Predict;
  readonly unconditional: Predict;
  readonly totalIterations?: number;
  readonly stepSize?: number;
}): AsyncGenerator<NoiseRefinement, void, void> {
  let noise = initialNoise;
  for (let iteration = 1; iteration <= totalIterations; iteration++) {
    const here = noise;
    const estimate = async (predict: Predict) => {
      const output = await predict(here, timestep);
      return output.map((m, at) => clean.latents * here[at]! + clean.output * m);
    };
    const told = await estimate(conditional);
    const untold = await estimate(unconditional);
    const effect = told.map((value, at) => value - untold[at]!);
    const conditionEffect = rowNorms(effect, width);
    const norms = rowNorms(here, width);
    const moved = here.map((value, at) => {
      const row = Math.floor(at / width);
      const length = conditionEffect[row]!;
      return length === 0 ? value : value + (stepSize * norms[row]! * effect[at]!) / length;
    });
    const movedNorms = rowNorms(moved, width);
    noise = moved.map((value, at) => {
      const row = Math.floor(at / width);
      return (value * norms[row]!) / movedNorms[row]!;
    });
    yield {
      iteration,
      totalIterations,
      noise,
      conditionEffect,
      noiseNorm: rowNorms(noise, width),
      denoised: told,
      networkCalls: 2 * iteration,
    };
  }
}
