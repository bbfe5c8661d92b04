export { openAutoencoder } from "./autoencoder-model.ts";
export type { AutoencoderModel, Counterfactuals, FilmCodes } from "./autoencoder-model.ts";
export type { ColourPicture } from "./draw-sheet.ts";
export { openDataset, openRunDataset } from "./open-dataset.ts";
export type { DatasetOrigin, DatasetSplits, FolderChoice } from "./open-dataset.ts";
export { reconstructionQuality } from "./reconstruction-quality.ts";
export type { ReconstructionQuality } from "./reconstruction-quality.ts";
export { openFilmClassifier, recallByClass, trainFilmClassifier } from "./film-classifier.ts";
export type { ClassifierProgress, ClassifierTraining, FilmClassifier } from "./film-classifier.ts";
export type { FilmNetworkProgress, FilmNetworkTraining } from "./film-network.ts";
export { drawPrompts, measureGeneration, promptText } from "./generation-quality.ts";
export type {
  GenerationPrompt,
  GenerationQuality,
  PromptAgreement,
  TypeAgreement,
} from "./generation-quality.ts";
export { openPathologyOracle, trainPathologyOracle } from "./pathology-oracle.ts";
export type { OracleVerdict, PathologyOracle } from "./pathology-oracle.ts";
export { drawSwapPairs, measureSwaps } from "./swap-quality.ts";
export type { SwapPair, SwapQuality, SwapReport } from "./swap-quality.ts";
export { PRESETS } from "./presets.ts";
export type { TrainingPreset } from "./presets.ts";
export { chooseSwapFilms, readSwapFilms, swapSheet } from "./swap-sheet.ts";
export type { SwapFilm, SwapProgress, SwapSheet } from "./swap-sheet.ts";
export { conductDiffusion } from "./conduct-diffusion.ts";
export type { ConductDiffusionOptions } from "./conduct-diffusion.ts";
export { createSwapper } from "./swapper.ts";
export type { SwappedFilm, Swapper, SwapperOptions, SwapperSource } from "./swapper.ts";
export { conductTraining, startingStatus } from "./conduct-training.ts";
export type { ConductOptions } from "./conduct-training.ts";
export { describeStatus } from "./describe-training.ts";
export { attachTraining, createTrainer } from "./trainer.ts";
export type { Trainer, TrainerOptions } from "./trainer.ts";
export type { Training, TrainingSample, TrainingStep } from "./training.ts";
export { describeProgress } from "./describe-progress.ts";
export { createTrainingCurve } from "./training-curve.ts";
export type { TrainingCurve } from "./training-curve.ts";
export { choicesOf, describeRun, openOrCreateRun } from "./training-run.ts";
export { DivergenceError, trainAutoencoder } from "./train-autoencoder.ts";
export type { TrainingControls, TrainingOptions, TrainingProgress } from "./train-autoencoder.ts";
export type { CodeStream } from "./code-streams.ts";
export { openDiffusion } from "./diffusion-model.ts";
export type { DiffusionModel, SamplingConditions, SamplingOptions } from "./diffusion-model.ts";
export { DEFAULT_DIFFUSION_CHOICES } from "./diffusion-settings.ts";
export type { DiffusionChoices, DiffusionRunSettings } from "./diffusion-settings.ts";
export { openFilmDecoder } from "./film-decoder.ts";
export type { FilmDecoder } from "./film-decoder.ts";
export { createLatentSpace } from "./latent-space.ts";
export type { LatentSpace } from "./latent-space.ts";
export { DEFAULT_GUIDANCE, generateFilms } from "./generate-films.ts";
export type {
  GeneratedFilms,
  GenerationOptions,
  GenerationProgress,
  SamplingView,
} from "./generate-films.ts";
export { filmVocabulary, reportedFilmCondition } from "./film-conditions.ts";
export { conditionFinding, promptCondition } from "./prompt-condition.ts";
export { reportCondition } from "./report-condition.ts";
export type { ReportCondition } from "./report-condition.ts";
export { trainDiffusion } from "./train-diffusion.ts";
export type { DiffusionTrainingOptions, DiffusionTrainingProgress } from "./train-diffusion.ts";
export { DEFAULT_FILM_NOISE, optimizeFilmNoise } from "./optimize-films.ts";
export type { FilmNoiseIteration, FilmNoiseOptions, FilmNoiseSettings } from "./optimize-films.ts";
export { createNoiseSearch } from "./noise-search.ts";
export type { NoiseSearch, NoiseSearchOptions } from "./noise-search.ts";
export { chooseReferences } from "./reference-films.ts";
export { barChart } from "./charts/bar-chart.ts";
export type { Bar, BarChartOptions } from "./charts/bar-chart.ts";
export { lineChart } from "./charts/line-chart.ts";
export type { Curve, LineChartOptions } from "./charts/line-chart.ts";
export type { Chart } from "./charts/svg-chart.ts";
export { drawContactSheet } from "./contact-sheet.ts";
export { filmSheet } from "./film-sheet.ts";
export type { FilmSheet } from "./film-sheet.ts";
export { codeLeakage } from "./code-leakage.ts";
export { swapErrors } from "./swap-errors.ts";
export type { SwapErrors } from "./swap-errors.ts";
export { describeDiffusionProgress } from "./describe-diffusion.ts";
export { diffusionFolder } from "./diffusion-runs.ts";
export {
  createFilmCausalModel,
  DEFAULT_FILM_CAUSAL_SETTINGS,
  FILM_GRAPH,
} from "./film-causal-model.ts";
export type {
  FilmCausalModel,
  FilmCausalSettings,
  FilmNoise,
  FilmResidual,
  FilmVariables,
} from "./film-causal-model.ts";
export { filmCondition } from "./film-conditions.ts";
export { recogniseFindings } from "./recognise-findings.ts";
export { counterfactualSheet } from "./counterfactual-sheet.ts";
export type { CounterfactualSheet } from "./counterfactual-sheet.ts";
export { describeCondition } from "./describe-condition.ts";
export { attributeAmplification } from "./attribute-amplification.ts";
export type { AttributeAmplification } from "./attribute-amplification.ts";
export { fitAttributeJudge } from "./attribute-judge.ts";
export type { AttributeJudge } from "./attribute-judge.ts";
export { analyseInteractions } from "./analyse-interactions.ts";
export type { InteractionProgress } from "./analyse-interactions.ts";
export type { BlockAttention, CodeAttention, TokenKind } from "./code-attention.ts";
export type { BlockInformation, CodeBlock } from "./code-information.ts";
export { filmFactors } from "./film-factors.ts";
export type { FilmFactor } from "./film-factors.ts";
export type { InteractionReport } from "./interaction-report.ts";
export type { PathEffect, PathEffects } from "./path-effects.ts";
export { createPhantomCausalModel } from "./phantom-causal-model.ts";
export type { PhantomNoise, PhantomVariables } from "./phantom-causal-model.ts";
export { generationStream } from "./draw-film-batch.ts";
export { generateTask, generationJobs, mergeGeneration } from "./generation-jobs.ts";
export type { GenerationRequest } from "./generation-jobs.ts";
export { openGenerationModels } from "./generation-models.ts";
export type { GenerationModels } from "./generation-models.ts";
export { readReportsTask, reportJobResult, reportJobs } from "./report-jobs.ts";
export type { ReportJobResult } from "./report-jobs.ts";
export { writePhantomFolder } from "./write-phantom-folder.ts";
