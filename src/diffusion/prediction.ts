import { signalToNoise, type Rates } from "./noise-schedule.ts";

/**
 * What the network outputs: the noise ε, the clean sample x_0, the velocity v = signal·ε − noise·x_0, or the flow
 * ε − x_0. Names as in diffusers.
 */
export type PredictionType = "epsilon" | "sample" | "v_prediction" | "flow_prediction";

export const PREDICTION_TYPES: readonly PredictionType[] = [
  "v_prediction",
  "epsilon",
  "sample",
  "flow_prediction",
];

/** A number made linearly of noisy latents x_t and network output m: latents·x_t + output·m. */
export interface LinearForm {
  readonly latents: number;
  readonly output: number;
}

/**
 * x̂_0 as a linear form of x_t and the network's output, solved from x_t = signal·x_0 + noise·ε.
 * Salimans and Ho 2022 (arXiv:2202.00512), appendix D, for v; flow: x_0 = (x_t − noise·m) / (signal + noise).
 *
 * @throws RangeError for epsilon where no signal is left: x_0 is undetermined there.
 */
export function denoisedForm(predictionType: PredictionType, { signal, noise }: Rates): LinearForm {
  switch (predictionType) {
    case "sample":
      return { latents: 0, output: 1 };
    case "epsilon":
      if (signal === 0) {
        throw new RangeError(
          'Noise alone does not tell the clean sample: with zero terminal SNR or the flow schedule predict "v_prediction", "sample" or "flow_prediction", not "epsilon".',
        );
      }
      return { latents: 1 / signal, output: -noise / signal };
    case "v_prediction": {
      const power = signal ** 2 + noise ** 2;
      return { latents: signal / power, output: -noise / power };
    }
    case "flow_prediction":
      return { latents: 1 / (signal + noise), output: -noise / (signal + noise) };
  }
}

/** ε̂ as a linear form of x_t and the network's output: (x_t − signal·x̂_0) / noise, without the division where it can be. */
export function noiseForm(predictionType: PredictionType, rates: Rates): LinearForm {
  const { signal, noise } = rates;
  switch (predictionType) {
    case "sample":
      return { latents: 1 / noise, output: -signal / noise };
    case "epsilon":
      return { latents: 0, output: 1 };
    case "v_prediction": {
      const power = signal ** 2 + noise ** 2;
      return { latents: noise / power, output: signal / power };
    }
    case "flow_prediction":
      return { latents: 1 / (signal + noise), output: signal / (signal + noise) };
  }
}

/** What the network is to output, as a linear form of clean sample and noise: clean·x_0 + noise·ε. */
export function targetForm(
  predictionType: PredictionType,
  { signal, noise }: Rates,
): { readonly clean: number; readonly noise: number } {
  switch (predictionType) {
    case "sample":
      return { clean: 1, noise: 0 };
    case "epsilon":
      return { clean: 0, noise: 1 };
    case "v_prediction":
      return { clean: -noise, noise: signal };
    case "flow_prediction":
      return { clean: -1, noise: 1 };
  }
}

export interface LossWeighting {
  /** γ of min-SNR-γ; 5 when omitted, Infinity weighs every error of x_0 by its SNR (for epsilon: a plain mean). */
  readonly gamma?: number;
  /**
   * Least weight of the squared error of x_0; 0 when omitted, as in the paper. Without one the first steps of a sampler,
   * where SNR is near 0, are hardly trained.
   */
  readonly floor?: number;
}

/**
 * Weight of the squared error of the network's output at one timestep: min(SNR, γ) on the error of x_0, carried over
 * to the output by |∂x̂_0/∂m|². So epsilon: min(SNR, γ) / SNR; v: min(SNR, γ) / (SNR + 1); sample: min(SNR, γ).
 * Hang et al. 2023 (arXiv:2303.09556), section 3.4.
 */
export function minSnrWeight(
  predictionType: PredictionType,
  rates: Rates,
  { gamma = 5, floor = 0 }: LossWeighting = {},
): number {
  const clipped = Math.max(Math.min(signalToNoise(rates), gamma), floor);
  return clipped * denoisedForm(predictionType, rates).output ** 2;
}
