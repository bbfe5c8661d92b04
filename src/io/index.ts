export { unwritable, writeFileAtomic } from "./atomic-write.ts";
export { monotonicMs, waitMs } from "./clock.ts";
export type { DecodeOptions, SquareFit } from "./decode-image.ts";
export { decodeFilm } from "./decode-image.ts";
export { downloadDataset } from "./download-dataset.ts";
export type { DatasetDownloadOptions, DatasetDownloadProgress } from "./download-dataset.ts";
export { DownloadError } from "./download-error.ts";
export type { FilmProblem } from "./film-cache.ts";
export type { FilmFolder, FilmFolderOptions, FilmFolderProgress } from "./film-folder.ts";
export { openFilmFolder, openingFilmFolder } from "./film-folder.ts";
export { encodeBase64 } from "./encode-base64.ts";
export { encodeGreyPng, encodePng, encodePngUrl } from "./encode-png.ts";
export { FOLDER_READERS } from "./layouts/list-films.ts";
export { InputError } from "./input-error.ts";
export { newId } from "./new-id.ts";
export { openOnnxExtractor } from "./onnx-extractor.ts";
export type { OnnxExtractor, OnnxExtractorOptions } from "./onnx-extractor.ts";
export { readReports } from "./read-reports.ts";
export type { ReadReportsOptions } from "./read-reports.ts";
export { readWithModel } from "./read-with-model.ts";
export { openReplyCache } from "./reply-cache.ts";
export type { CachedReply, ReplyCache } from "./reply-cache.ts";
export { createReportModel } from "./report-model.ts";
export type { ModelEvent, ModelReading, ReportModel, ReportModelOptions } from "./report-model.ts";
export { scriptedFetch } from "./scripted-fetch.ts";
export type { ScriptedQuestion } from "./scripted-fetch.ts";
export { tellUser } from "./tell-user.ts";
export { resolvePath } from "./resolve-path.ts";
export { openResultsFolder } from "./results-folder.ts";
export type { ResultsFolder } from "./results-folder.ts";
export { createRunFolder, isRunFolder, openRunFolder, RUN_VERSION } from "./run-folder.ts";
export type { Checkpoint, LearningRateChange, RunDescription, RunFolder } from "./run-folder.ts";
export { runHolder } from "./training/control-folder.ts";
export { ENDED_PHASES } from "./training/protocol.ts";
export type {
  DiffusionOrder,
  TrainingOrder,
  TrainingPhase,
  TrainingReply,
  TrainingRequest,
  TrainingStatus,
} from "./training/protocol.ts";
export { readTrainingOrder, spawnTraining, writeTrainingOrder } from "./training/spawn-training.ts";
export type { TrainingChild } from "./training/spawn-training.ts";
export { tailMetrics } from "./training/tail-metrics.ts";
export type { MetricsTail } from "./training/tail-metrics.ts";
export { openTrainingDesk } from "./training/training-desk.ts";
export type { OpenRequest, TrainingDesk } from "./training/training-desk.ts";
export { TrainingError } from "./training/training-error.ts";
export { openTrainingLine } from "./training/training-line.ts";
export type { TrainingLine } from "./training/training-line.ts";
export { userCacheDir } from "./user-cache.ts";
export { packageVersions } from "./versions.ts";
export { codeFingerprint } from "./jobs/code-fingerprint.ts";
export { openHereQueue } from "./jobs/here-queue.ts";
export { createJob, JobError, JobQueueError, JobRefusal } from "./jobs/job.ts";
export type { Job, JobQueue, QueueNotice } from "./jobs/job.ts";
export { openJobStore } from "./jobs/job-store.ts";
export type { JobStore } from "./jobs/job-store.ts";
export { packFloats, unpackBytes, packBytes, unpackFloats } from "./jobs/pack.ts";
export type { JobTask } from "./jobs/perform-job.ts";
export { openProcessPool } from "./jobs/process-pool.ts";
export type { ProcessPool, ProcessPoolOptions } from "./jobs/process-pool.ts";
export type { RedisAddress } from "./jobs/redis-link.ts";
export { openRedisQueue } from "./jobs/redis-queue.ts";
export { openRedisWorker } from "./jobs/redis-worker.ts";
export type { RedisWorker } from "./jobs/redis-worker.ts";
export { runJobs } from "./jobs/run-jobs.ts";
export type { JobOutcome } from "./jobs/run-jobs.ts";
export { serveJobs } from "./jobs/serve-jobs.ts";
export { checkpointFingerprint } from "./checkpoint-fingerprint.ts";
export { openOnnxTextEncoder } from "./sentences/onnx-text-encoder.ts";
export type { OnnxTextEncoderOptions } from "./sentences/onnx-text-encoder.ts";
export { openSentenceEncoder } from "./sentences/open-sentence-encoder.ts";
