export { bestOfNoise } from "./best-of-noise.ts";
export {
  distributionPenalty,
  logChiDensity,
  leastNormPenalty,
  normPenalty,
} from "./noise-prior.ts";
export { compileNoiseProgram } from "./noise-program.ts";
export type {
  NoiseEvaluation,
  NoiseForm,
  NoiseProgram,
  NoiseProgramOptions,
} from "./noise-program.ts";
export { normAwareNoise, slerp, sphereMean } from "./norm-aware-noise.ts";
export {
  appearanceObjective,
  classifierObjective,
  SEED_SELECT_STEP_WEIGHTS,
  semanticObjective,
} from "./objectives.ts";
export type { NoiseObjective, ObjectiveInputs } from "./objectives.ts";
export { optimizeNoise } from "./optimize-noise.ts";
export type { BestNoise, NoiseIteration, NoiseOptimizationOptions } from "./optimize-noise.ts";
export { drawMixtures, mixReferences } from "./reference-targets.ts";
export type { ReferenceMixing, ReferenceMixture } from "./reference-targets.ts";
export { refineNoise } from "./refine-noise.ts";
export type { NoiseRefinement } from "./refine-noise.ts";
export { clipRows, rowAdam, rowNesterov, rowNorms } from "./row-optimizers.ts";
export type { RowOptimizer, RowOptimizerFactory } from "./row-optimizers.ts";
