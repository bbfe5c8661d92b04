export { createRuntime } from "./engine/index.ts";
export type { Device, Runtime } from "./engine/index.ts";
export {
  createPairSampler,
  createPhantomDataset,
  describePairs,
  lesionMask,
  NO_FINDING,
  openPhantom,
  PATHOLOGY_TYPES,
  renderPhantom,
} from "./data/index.ts";
export type { Film, FilmDataset, PhantomDataset, PhantomPathology } from "./data/index.ts";
export {
  createReportModel,
  openFilmFolder,
  openReplyCache,
  readReports,
  readWithModel,
  TrainingError,
} from "./io/index.ts";
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
  attachTraining,
  chooseSwapFilms,
  createSwapper,
  createTrainer,
  createTrainingCurve,
  openAutoencoder,
  openDataset,
  openRunDataset,
  PRESETS,
  readSwapFilms,
  reconstructionQuality,
  swapSheet,
  trainAutoencoder,
} from "./pipelines/index.ts";
export type {
  AutoencoderModel,
  DatasetSplits,
  SwapFilm,
  SwapSheet,
  Trainer,
  TrainerOptions,
  Training,
  TrainingOptions,
  TrainingProgress,
  TrainingSample,
  TrainingStep,
} from "./pipelines/index.ts";
