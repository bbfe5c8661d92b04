// Entry of a process that does jobs for the one that started it: a pool's, or a worker's of a queue.
// Each import by its own file: a process that reads reports starts three times as fast without the rest.
import type { JobTask } from "../io/jobs/perform-job.ts";
import { serveJobs } from "../io/jobs/serve-jobs.ts";

function lazy(load: () => Promise<JobTask>): JobTask {
  let task: Promise<JobTask> | undefined;
  return async (input, tell) => (await (task ??= load()))(input, tell);
}

await serveJobs({
  reports: lazy(async () => (await import("../pipelines/report-jobs.ts")).readReportsTask),
  generate: lazy(async () => (await import("../pipelines/generation-jobs.ts")).generateTask()),
});
