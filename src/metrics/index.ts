export { expectedCalibrationError } from "./classification/calibration.ts";
export type { ClassificationReport, ClassSize } from "./classification/confusion.ts";
export { classificationReport, classSize, confusionMatrix } from "./classification/confusion.ts";
export type { LabelRanking, RankingReport } from "./classification/ranking.ts";
export { auroc, averagePrecision, rankLabels } from "./classification/ranking.ts";
export type { CounterfactualError, RegionError } from "./counterfactual/counterfactual-error.ts";
export { counterfactualError } from "./counterfactual/counterfactual-error.ts";
export type { CycleDistance, CycleOptions, FilmChange } from "./counterfactual/cycles.ts";
export { composition, meanAbsoluteErrors, reversibility } from "./counterfactual/cycles.ts";
export type {
  Amplification,
  AttributeEffect,
  AttributeReading,
  JudgeIdentity,
} from "./counterfactual/effectiveness.ts";
export { amplification, effectiveness } from "./counterfactual/effectiveness.ts";
export type { Minimality } from "./counterfactual/minimality.ts";
export { minimality } from "./counterfactual/minimality.ts";
export type { BlockFilms, BlockLeakage } from "./disentanglement/block-leakage.ts";
export { blockLeakage } from "./disentanglement/block-leakage.ts";
export type { CodedFilms, CodeScore, Factor, SplitFilms } from "./disentanglement/coded-films.ts";
export type { DciScores } from "./disentanglement/dci.ts";
export { completeness, dci, disentanglement } from "./disentanglement/dci.ts";
export { explicitness } from "./disentanglement/explicitness.ts";
export type { FactorVaeScore, FixedFactorBatch } from "./disentanglement/factor-vae-score.ts";
export { drawFixedFactorBatches, factorVaeScore } from "./disentanglement/factor-vae-score.ts";
export { modularity } from "./disentanglement/modularity.ts";
export {
  factorClasses,
  informationMatrix,
  mutualInformation,
} from "./disentanglement/mutual-information.ts";
export { mutualInformationGap } from "./disentanglement/mutual-information-gap.ts";
export { rSquared } from "./disentanglement/predict-factor.ts";
export { separatedAttributePredictability } from "./disentanglement/sap.ts";
export type { DiversityScore, PairwiseSimilarity } from "./distributions/diversity.ts";
export {
  meanPairwiseDistance,
  meanPairwiseDistanceOfResamples,
  meanPairwiseSimilarity,
  vendiScore,
} from "./distributions/diversity.ts";
export type { NullSubtractedScore } from "./distributions/frechet-distance.ts";
export {
  frechetDistance,
  frechetDistanceFrom,
  frechetDistanceOfMoments,
  nullSubtractedFrechetDistance,
  nullSubtractedFrechetDistanceOfResamples,
} from "./distributions/frechet-distance.ts";
export type { ExtrapolatedScore } from "./distributions/frechet-extrapolation.ts";
export { extrapolatedFrechetDistance } from "./distributions/frechet-extrapolation.ts";
export type { BlockScore } from "./distributions/kernel-distance.ts";
export {
  kernelDistance,
  kernelDistanceInBlocks,
  kernelDistanceOfResamples,
} from "./distributions/kernel-distance.ts";
export type { Memorisation } from "./distributions/memorisation.ts";
export { memorisation } from "./distributions/memorisation.ts";
export type { Moments } from "./distributions/moments.ts";
export { moments } from "./distributions/moments.ts";
export type { Overlap } from "./distributions/precision-recall.ts";
export { precisionRecall } from "./distributions/precision-recall.ts";
export type { IdentifiedFilms, ReIdentification } from "./distributions/re-identification.ts";
export { reIdentificationAuc } from "./distributions/re-identification.ts";
export type {
  FilmStack,
  SimilarityMap,
  SimilarityWindow,
} from "./distributions/structural-similarity.ts";
export {
  multiScaleSimilarity,
  structuralSimilarity,
  structuralSimilarityMap,
} from "./distributions/structural-similarity.ts";
export type {
  ExtractorIdentity,
  FeatureExtractor,
  Features,
  FeatureScore,
} from "./feature-extractor.ts";
export { extractFeatures } from "./feature-extractor.ts";
export { MetricInputError } from "./metric-input-error.ts";
export type { BootstrapOptions, Estimate } from "./statistics/bootstrap.ts";
export { bootstrap, bootstrapAll, formatEstimate, meanOfResample } from "./statistics/bootstrap.ts";
export { quantile } from "./statistics/quantile.ts";
export type { Resample, SampleDesign } from "./statistics/resample.ts";
export { createResampler } from "./statistics/resample.ts";
export type { Table } from "./table.ts";
export { selectRows } from "./table.ts";
