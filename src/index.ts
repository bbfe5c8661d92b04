/**
 * What cells and programs import: data sets, training, swaps, generation, causal models, reports.
 *
 * @module counterlab
 */
export { DEFAULT_LOSS_WEIGHTS } from "./autoencoder/index.ts";
export type { LossWeights } from "./autoencoder/index.ts";
export { createRuntime, foldIn, key, normal } from "./engine/index.ts";
export type { Device, Key, Runtime } from "./engine/index.ts";
export {
  balanceAttribute,
  createPairSampler,
  createPhantomDataset,
  describeFilms,
  describePairs,
  lesionMask,
  NO_FINDING,
  openPhantom,
  PATHOLOGY_TYPES,
  renderPhantom,
} from "./data/index.ts";
export type {
  Film,
  FilmDataset,
  FilmsDescription,
  PhantomConfounder,
  PhantomDataset,
  PhantomPathology,
} from "./data/index.ts";
export { readSafetensors, writeSafetensors } from "./formats/index.ts";
export {
  createReportModel,
  openFilmFolder,
  openReplyCache,
  openSentenceEncoder,
  readReports,
  readWithModel,
  scriptedFetch,
  TrainingError,
} from "./io/index.ts";
export type { NumberArray, Safetensors } from "./formats/index.ts";
export type {
  FilmFolder,
  FilmFolderOptions,
  ModelReading,
  ReportModel,
  ReportModelOptions,
  TrainingPhase,
  TrainingStatus,
} from "./io/index.ts";
export { extractFindings, FINDING_NAMES, goldFromTable, scoreFindings } from "./reports/index.ts";
export type { ReportFinding, ReportFindings, ReportText } from "./reports/index.ts";

export {
  additive,
  adjustmentSet,
  areSeparated,
  createCausalModel,
  fixed,
  root,
} from "./causal/index.ts";
export type { CausalGraph, CausalModel, Mechanism, ResidualPolicy } from "./causal/index.ts";
export type { Condition, ConditionFinding, SentenceEncoder } from "./conditioning/index.ts";
export {
  ddimSteps,
  ddpmSteps,
  dpmSolverSteps,
  eulerSteps,
  inferenceTimesteps,
  invertSampler,
  noiseSchedule,
  sample,
} from "./diffusion/index.ts";
export type { NoiseSchedule, PredictionType, SamplerName, SamplerStep } from "./diffusion/index.ts";
export {
  bestOfNoise,
  compileNoiseProgram,
  optimizeNoise,
  refineNoise,
} from "./noise-optimization/index.ts";
export type { NoiseIteration, NoiseObjective } from "./noise-optimization/index.ts";

export {
  analyseInteractions,
  attributeAmplification,
  attachTraining,
  barChart,
  chooseReferences,
  chooseSwapFilms,
  codeLeakage,
  createLatentSpace,
  createNoiseSearch,
  counterfactualSheet,
  createFilmCausalModel,
  createPhantomCausalModel,
  createSwapper,
  createTrainer,
  createTrainingCurve,
  describeCondition,
  diffusionFolder,
  drawContactSheet,
  drawSwapPairs,
  filmCondition,
  filmSheet,
  fitAttributeJudge,
  generateFilms,
  lineChart,
  openAutoencoder,
  openDataset,
  openDiffusion,
  openFilmDecoder,
  openGenerationModels,
  openRunDataset,
  optimizeFilmNoise,
  PRESETS,
  promptCondition,
  readSwapFilms,
  reconstructionQuality,
  swapErrors,
  swapSheet,
  trainAutoencoder,
  trainDiffusion,
  writePhantomFolder,
} from "./pipelines/index.ts";
export type {
  AutoencoderModel,
  Chart,
  CounterfactualSheet,
  DatasetSplits,
  DiffusionChoices,
  DiffusionModel,
  DiffusionTrainingProgress,
  FilmCausalModel,
  FilmCausalSettings,
  FilmNoiseIteration,
  FilmNoiseSettings,
  FilmSheet,
  GeneratedFilms,
  GenerationModels,
  GenerationProgress,
  LatentSpace,
  NoiseSearch,
  InteractionReport,
  SwapFilm,
  SwapErrors,
  SwapPair,
  SwappedFilm,
  Swapper,
  SwapSheet,
  Trainer,
  TrainerOptions,
  Training,
  TrainingOptions,
  TrainingProgress,
  TrainingSample,
  TrainingStep,
} from "./pipelines/index.ts";

export { trainFilmJudge } from "./evaluation/index.ts";
export type { FilmJudge, FilmVerdict } from "./evaluation/index.ts";
export {
  auroc,
  blockLeakage,
  bootstrap,
  bootstrapAll,
  classificationReport,
  composition,
  counterfactualError,
  effectiveness,
  extractFeatures,
  extrapolatedFrechetDistance,
  formatEstimate,
  frechetDistance,
  kernelDistance,
  kernelDistanceOfResamples,
  meanPairwiseDistance,
  memorisation,
  nullSubtractedFrechetDistance,
  nullSubtractedFrechetDistanceOfResamples,
  precisionRecall,
  reversibility,
  selectRows,
  structuralSimilarity,
} from "./metrics/index.ts";
export type {
  BlockLeakage,
  Estimate,
  FeatureExtractor,
  Features,
  Resample,
} from "./metrics/index.ts";
