export { guide } from "./guidance.ts";
export { invertSampler } from "./invert.ts";
export type { InversionProgress } from "./invert.ts";
export { noiseSchedule, ratesAt, signalToNoise } from "./noise-schedule.ts";
export type {
  NoiseSchedule,
  NoiseScheduleKind,
  NoiseScheduleOptions,
  Rates,
} from "./noise-schedule.ts";
export {
  denoisedForm,
  minSnrWeight,
  noiseForm,
  PREDICTION_TYPES,
  targetForm,
} from "./prediction.ts";
export type { LinearForm, LossWeighting, PredictionType } from "./prediction.ts";
export { sample, sampleToEnd } from "./sample.ts";
export type { Predict, SamplingProgress } from "./sample.ts";
export {
  ddimSteps,
  ddpmSteps,
  dpmSolverSteps,
  eulerSteps,
  SAMPLER_NAMES,
  samplerSteps,
} from "./sampler-steps.ts";
export type { SamplerName, SamplerOptions, SamplerStep } from "./sampler-steps.ts";
export { inferenceTimesteps } from "./timesteps.ts";
export type { TimestepSpacing } from "./timesteps.ts";
export { unrollSampler } from "./unroll-sampler.ts";
export { denoise, denoiserContext } from "./denoiser.ts";
export type { DenoiserContext } from "./denoiser.ts";
export { diffusionLevels, diffusionLevelsShape, diffusionLosses } from "./diffusion-loss.ts";
export type { DiffusionLossInputs } from "./diffusion-loss.ts";
export { codeWidth, defaultDenoiserSettings } from "./settings.ts";
export type { CodeLayout, DenoiserSettings } from "./settings.ts";
export { conditionedDenoiser, guidedDenoiser } from "./conditional-denoiser.ts";
export type { ConditionedNetwork, NetworkConditions } from "./conditional-denoiser.ts";
