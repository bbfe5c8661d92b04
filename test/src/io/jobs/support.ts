import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  codeFingerprint,
  createJob,
  openProcessPool,
  runJobs,
  type Job,
  type JobQueue,
  type JobStore,
  type ProcessPool,
  type ProcessPoolOptions,
} from "#src/io/index.ts";

const ENTRY = new URL("./children/odd-tasks.ts", import.meta.url);

/** A bench for queues: jobs of the odd tasks, and a log of how often each was begun. */
export interface JobBench {
  readonly folder: string;
  job(task: string, value: number, waitMs?: number): Job;
  pool(options?: Partial<ProcessPoolOptions>): ProcessPool;
  /** How often the job with this value was begun. */
  begun(value: number): Promise<number>;
  close(): Promise<void>;
}

export async function openJobBench(): Promise<JobBench> {
  const folder = await mkdtemp(path.join(tmpdir(), "counterlab-jobs-"));
  const log = path.join(folder, "log");
  await writeFile(log, "");
  const code = await codeFingerprint();
  return {
    folder,
    job: (task, value, waitMs = 0) =>
      createJob({ task, code, name: `input ${value}`, input: { log, value, waitMs } }),
    pool: (options = {}) => openProcessPool({ workers: 2, entry: ENTRY, ...options }),
    begun: async (value) =>
      (await readFile(log, "utf8")).split("\n").filter((line) => line === String(value)).length,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Values of the jobs that were done, in the jobs' order, messages of those that failed, and how many were kept. */
export async function finish(
  jobs: readonly Job[],
  options: { readonly queue: JobQueue; readonly store?: JobStore },
): Promise<{ values: (number | undefined)[]; failures: string[]; kept: number }> {
  const values = new Map<Job, number>();
  const failures: string[] = [];
  let kept = 0;
  for await (const outcome of runJobs(jobs, options)) {
    if ("error" in outcome) failures.push(outcome.error.message);
    else values.set(outcome.job, (outcome.output as { value: number }).value);
    if ("isKept" in outcome && outcome.isKept) kept++;
  }
  return { values: jobs.map((job) => values.get(job)), failures, kept };
}
