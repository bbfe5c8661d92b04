export type { BalancedFilms } from "./balance-attribute.ts";
export { AdjustmentError, balanceAttribute } from "./balance-attribute.ts";
export { cellTokens, tokenLabels, tokenVocabulary } from "./cell-tokens.ts";
export type { Film, FilmDataset } from "./dataset.ts";
export type { PhantomAcquisition } from "./phantom/acquisition.ts";
export { drawAcquisition, STANDARD_ACQUISITION } from "./phantom/acquisition.ts";
export type { ConfoundedAttribute, PhantomConfounder } from "./phantom/confounder.ts";
export { CONFOUNDED_ATTRIBUTES } from "./phantom/confounder.ts";
export type { IdentityFactor, PhantomIdentity } from "./phantom/identity.ts";
export { averageIdentity, drawIdentity, IDENTITY_FACTORS } from "./phantom/identity.ts";
export { longTailCounts } from "./phantom/long-tail.ts";
export type { LungAreas } from "./phantom/lung-areas.ts";
export { lungAreas } from "./phantom/lung-areas.ts";
export type { PhantomOptions, PhantomSplits } from "./phantom/open-phantom.ts";
export { openPhantom } from "./phantom/open-phantom.ts";
export type {
  PathologyType,
  PhantomPathology,
  SeverityBin,
  Side,
  Zone,
} from "./phantom/pathology.ts";
export {
  drawPathology,
  NO_FINDING,
  PATHOLOGY_TYPES,
  pathologyCell,
  PLACEMENTS,
  severityBin,
} from "./phantom/pathology.ts";
export type {
  PhantomDataset,
  PhantomDatasetOptions,
  PhantomTruth,
} from "./phantom/phantom-dataset.ts";
export { createPhantomDataset, PHANTOM_VERSION } from "./phantom/phantom-dataset.ts";
export type { PhantomFilm } from "./phantom/render.ts";
export { lesionMask, renderPhantom } from "./phantom/render.ts";
export type { PhantomReport, ReportedFinding } from "./phantom/report.ts";
export { writeReport } from "./phantom/report.ts";
export { isFrontal, ownLabelName } from "./layouts/index.ts";
export type { FilmColumns, FilmRow } from "./film-table.ts";
export { FilmTableError, readFilmRows, recogniseColumns } from "./film-table.ts";
export { fingerprintOf } from "./fingerprint.ts";
export type { ClassDescription, ClassFrequency, FilmsDescription } from "./describe-films.ts";
export { classFrequency, describeFilms } from "./describe-films.ts";
export type { DownloadableFile, OpenDataset } from "./downloads.ts";
export { OPEN_DATASETS, RESTRICTED_DATASETS } from "./downloads.ts";
export type { FilmSplit } from "./own-split.ts";
export { ownSplit } from "./own-split.ts";
export { splitByPatient } from "./split.ts";
export { classesByFrequency, subsetDataset } from "./subset.ts";
export type { PairType } from "./film-groups.ts";
export { PAIR_TYPES } from "./film-groups.ts";
export type { PairDescription } from "./pair-description.ts";
export { describePairs } from "./pair-description.ts";
export type { FilmPair, FilmTriple, PairSampler, PairSamplerOptions } from "./pair-sampler.ts";
export { createPairSampler } from "./pair-sampler.ts";
