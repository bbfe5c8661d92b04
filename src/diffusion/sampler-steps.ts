import { ratesAt, type NoiseSchedule, type Rates } from "./noise-schedule.ts";
import { denoisedForm, noiseForm, type LinearForm, type PredictionType } from "./prediction.ts";

/**
 * One step of a sampler. Every sampler here is linear in what it sees, so a step is six numbers, worked out beforehand;
 * the same steps run one by one (`sample`) or unrolled in a graph that is differentiated (`unrollSampler`).
 */
export interface SamplerStep {
  /** The network is asked at this timestep. */
  readonly timestep: number;
  /** The latents that come out belong to this one; −1 is clean. */
  readonly nextTimestep: number;
  /** x̂_0 from x_t and the network's output. */
  readonly denoised: LinearForm;
  /** The next latents: latents·x_t + output·m + previousDenoised·x̂_0 of the step before + noise·z. */
  readonly next: LinearForm & { readonly previousDenoised: number; readonly noise: number };
}

export type SamplerName = "ddim" | "ddpm" | "dpmSolver" | "euler";

export const SAMPLER_NAMES: readonly SamplerName[] = ["ddim", "ddpm", "dpmSolver", "euler"];

export interface SamplerOptions {
  readonly schedule: NoiseSchedule;
  readonly predictionType: PredictionType;
  /** From noise to clean, as `inferenceTimesteps` gives them. */
  readonly timesteps: readonly number[];
}

/** The steps of a sampler by name; `eta` is DDIM's alone. */
export function samplerSteps(
  sampler: SamplerName,
  options: SamplerOptions & { readonly eta?: number },
): SamplerStep[] {
  switch (sampler) {
    case "ddim":
      return ddimSteps(options);
    case "ddpm":
      return ddpmSteps(options);
    case "dpmSolver":
      return dpmSolverSteps(options);
    case "euler":
      return eulerSteps(options);
  }
}

/**
 * DDIM: x_s = signal_s·x̂_0 + √(noise_s² − σ²)·ε̂ + σ·z with σ = η·(standard deviation of the posterior).
 * Song et al. 2021 (arXiv:2010.02502), eq. 12 and 16; written with signal and noise rates it holds for flows too.
 *
 * @param options `eta`: from 0 (deterministic, the default) to 1 (DDPM).
 */
export function ddimSteps({
  schedule,
  predictionType,
  timesteps,
  eta = 0,
}: SamplerOptions & { readonly eta?: number }): SamplerStep[] {
  if (!(eta >= 0 && eta <= 1)) {
    throw new RangeError(`ddimSteps: eta is ${eta}; give a number from 0 (DDIM) to 1 (DDPM).`);
  }
  return pairs(timesteps).map(([timestep, nextTimestep]) => {
    const from = ratesAt(schedule, timestep);
    const to = ratesAt(schedule, nextTimestep);
    const sigma = eta * Math.sqrt(posteriorVariance(from, to));
    const towards = Math.sqrt(Math.max(0, to.noise ** 2 - sigma ** 2));
    const denoised = denoisedForm(predictionType, from);
    const noise = noiseForm(predictionType, from);
    return {
      timestep,
      nextTimestep,
      denoised,
      next: {
        latents: to.signal * denoised.latents + towards * noise.latents,
        output: to.signal * denoised.output + towards * noise.output,
        previousDenoised: 0,
        noise: sigma,
      },
    };
  });
}

/**
 * Ancestral sampling: x_s drawn from q(x_s | x_t, x̂_0), with the posterior's own variance β̃.
 * Ho et al. 2020 (arXiv:2006.11239), eq. 6 and 7. The same as DDIM with η = 1 (Song et al. 2021, section 4.1).
 */
export function ddpmSteps(options: SamplerOptions): SamplerStep[] {
  return ddimSteps({ ...options, eta: 1 });
}

/**
 * DPM-Solver++(2M): x_s = (noise_s / noise_t)·x_t − signal_s·(e^{−h} − 1)·D, where h is the step in log-SNR/2, r the step
 * before divided by h, and D = (1 + 1/2r)·x̂_0 − (1/2r)·x̂_0 of the step before. First order at the first step, and at the last,
 * which ends clean (h = ∞). Lu et al. 2022 (arXiv:2211.01095), algorithm 2.
 */
export function dpmSolverSteps({
  schedule,
  predictionType,
  timesteps,
}: SamplerOptions): SamplerStep[] {
  const halfLogSnr = ({ signal, noise }: Rates) => Math.log(signal / noise);
  return pairs(timesteps).map(([timestep, nextTimestep], index) => {
    const from = ratesAt(schedule, timestep);
    const to = ratesAt(schedule, nextTimestep);
    const kept = to.noise / from.noise;
    // signal_s·(1 − e^{−h}), in a form that stays finite where no signal or no noise is left.
    const gain = to.signal - kept * from.signal;
    const h = halfLogSnr(to) - halfLogSnr(from);
    const before = timesteps[index - 1];
    const hBefore =
      before === undefined ? Infinity : halfLogSnr(from) - halfLogSnr(ratesAt(schedule, before));
    // Without a finite step before and ahead there is no slope to use.
    const slope = Number.isFinite(h) && Number.isFinite(hBefore) ? h / (2 * hBefore) : 0;
    const denoised = denoisedForm(predictionType, from);
    const weight = gain * (1 + slope);
    return {
      timestep,
      nextTimestep,
      denoised,
      next: {
        latents: kept + weight * denoised.latents,
        output: weight * denoised.output,
        previousDenoised: -gain * slope,
        noise: 0,
      },
    };
  });
}

/**
 * Euler steps along the straight path of flow matching: x_s = x_t + (noise_s − noise_t)·m for m = ε − x_0.
 * Lipman et al. 2023 (arXiv:2210.02747), section 4; Esser et al. 2024 (arXiv:2403.03206), eq. 1.
 *
 * @throws RangeError for schedules that are not straight: use DDIM, which is Euler's method in their own coordinates.
 */
export function eulerSteps(options: SamplerOptions): SamplerStep[] {
  if (options.schedule.kind !== "flow") {
    throw new RangeError(
      `eulerSteps: the schedule is "${options.schedule.kind}", not "flow". Use "ddim" or "dpmSolver".`,
    );
  }
  // On a straight path signal_s·x̂_0 + noise_s·ε̂ = x_t + (noise_s − noise_t)·(ε̂ − x̂_0).
  return ddimSteps({ ...options, eta: 0 });
}

/** Variance of q(x_s | x_t, x_0). Ho et al. 2020, eq. 7; Kingma et al. 2021 (arXiv:2107.00630), eq. 25, for any rates. */
function posteriorVariance(from: Rates, to: Rates): number {
  const ratio = from.signal / to.signal;
  const added = from.noise ** 2 - (ratio * to.noise) ** 2;
  return (added * to.noise ** 2) / from.noise ** 2;
}

function pairs(timesteps: readonly number[]): [number, number][] {
  if (timesteps.length === 0) throw new RangeError("A sampler needs at least one timestep.");
  return timesteps.map((timestep, index) => {
    const next = timesteps[index + 1] ?? -1;
    if (next >= timestep) {
      throw new RangeError(
        `The timesteps must fall from noise to clean; ${next} follows ${timestep}.`,
      );
    }
    return [timestep, next];
  });
}
