export { concatCodes, meanCodes, sampleCodes, sliceCodes } from "./codes.ts";
export { decode, PATHOLOGY_PATHS } from "./decoder.ts";
export type { Codes, DecodeOptions, PathologyPath } from "./decoder.ts";
export { encode } from "./encoder.ts";
export { filmCritic } from "./film-critic.ts";
export type { Critique } from "./film-critic.ts";
export type { Posterior, Posteriors } from "./encoder.ts";
export { DEFAULT_LOSS_WEIGHTS, groupSupervisionLosses, LOSS_NAMES } from "./group-supervision.ts";
export type { GroupBatch, LossName, LossWeights, SupervisionOptions } from "./group-supervision.ts";
export {
  binaryCrossEntropy,
  crossCorrelation,
  klDivergence,
  l1,
  reconstructionLoss,
  ssim,
} from "./losses.ts";
export { defaultAutoencoderSettings, pathologyMapWidth, placesPerSide } from "./settings.ts";
export type { AutoencoderSettings, CodeSizes } from "./settings.ts";
