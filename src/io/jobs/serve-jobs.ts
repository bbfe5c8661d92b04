import workerpool from "workerpool";
import { codeFingerprint } from "./code-fingerprint.ts";
import type { Job } from "./job.ts";
import { performJob, type JobAnswer, type JobTask } from "./perform-job.ts";

/** Makes this process a worker of the pool that started it. It ends when that process is gone. */
export async function serveJobs(tasks: Readonly<Record<string, JobTask>>): Promise<void> {
  // Ctrl-C reaches the whole group; the one that started this process decides when it ends.
  process.on("SIGINT", () => undefined);
  const code = await codeFingerprint();
  workerpool.worker({
    perform: (job: Job): Promise<JobAnswer> =>
      performJob(job, {
        tasks,
        code,
        tell: (message) => {
          workerpool.workerEmit(message);
        },
      }),
  });
}
