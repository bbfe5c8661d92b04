// Entry of a process that does jobs for the one that started it: a pool's, or a worker's of a queue.
import { serveJobs, type JobTask } from "../io/index.ts";

/** Loaded when first asked for: who reads reports needs no networks. */
function lazy(load: () => Promise<JobTask>): JobTask {
  let task: Promise<JobTask> | undefined;
  return async (input, tell) => (await (task ??= load()))(input, tell);
}

await serveJobs({
  reports: lazy(async () => (await import("../pipelines/report-jobs.ts")).readReportsTask),
  generate: lazy(async () => (await import("../pipelines/generation-jobs.ts")).generateTask()),
});
