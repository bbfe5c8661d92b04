export { evaluateFolder } from "./folder/evaluate-folder.ts";
export type {
  FolderEvaluation,
  FolderMethodReport,
  FolderReport,
} from "./folder/evaluate-folder.ts";
export { folderMarkdown } from "./folder/folder-markdown.ts";
export type { FolderScores } from "./folder/folder-scores.ts";
export { FOLDER_EVALUATION } from "./folder/folder-settings.ts";
export type { FolderEvaluationSettings, FolderGenerator } from "./folder/folder-settings.ts";
export { trainFilmJudge } from "./networks/film-judge.ts";
export type {
  FilmJudge,
  FilmJudgeOptions,
  FilmJudgeProgress,
  FilmVerdict,
} from "./networks/film-judge.ts";
export type { MethodRow, SizeReport, SuiteReport } from "./report/build-report.ts";
export type { Claim, ClaimGuards, Claims } from "./report/claims.ts";
export { listStages, runSuite } from "./run-suite.ts";
export type { StageState, SuiteOptions, SuiteProgress } from "./run-suite.ts";
export { METHODS } from "./settings/methods.ts";
export type {
  ClassifierMethod,
  GeneratorMethod,
  MethodId,
  MethodSettings,
} from "./settings/methods.ts";
export { parseSuiteSettings } from "./settings/suite-settings.ts";
export type {
  SizeSettings,
  SuiteData,
  SuiteMeasures,
  SuiteSettings,
} from "./settings/suite-settings.ts";
export { SUITES } from "./suites/index.ts";
export { writeReport } from "./write-report.ts";
