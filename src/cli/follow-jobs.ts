import { JobQueueError, openJobStore, runJobs, type Job, type JobQueue } from "../io/index.ts";
import { tellCount } from "./progress.ts";
import type { CommandIo } from "./usage.ts";

/** What a command's jobs came to. */
export interface JobsDone {
  /** In the jobs' order; undefined when any failed. */
  readonly outputs: readonly unknown[] | undefined;
  readonly summary: {
    readonly total: number;
    /** Done before, by a command that was stopped. */
    readonly kept: number;
    readonly failed: readonly { readonly name: string; readonly message: string }[];
  };
  /** Deletes what was kept for going on; call it when all is written. */
  finish(): Promise<void>;
}

/** Has a command's jobs done and tells how far they are; results are kept in a folder until all is written. */
export async function followJobs(
  jobs: Iterable<Job> | AsyncIterable<Job>,
  {
    queue,
    folder,
    io,
  }: { readonly queue: JobQueue; readonly folder: string; readonly io: CommandIo },
): Promise<JobsDone> {
  const store = openJobStore(folder);
  const order: Job[] = [];
  async function* noted(): AsyncGenerator<Job, void, void> {
    for await (const job of jobs) {
      order.push(job);
      yield job;
    }
  }
  const outputs = new Map<string, unknown>();
  const failed: { name: string; message: string }[] = [];
  let ended = 0;
  let kept = 0;
  const tell = tellCount(io.out, "finished", "jobs");
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  // Jobs elsewhere must be taken back before this process ends; all others end with it.
  if (queue.remote !== undefined) process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    for await (const outcome of runJobs(noted(), { queue, store, signal: stop.signal })) {
      tell(++ended);
      if ("error" in outcome) {
        const { name } = outcome.job;
        failed.push({ name, message: outcome.error.message });
        io.err.write(`failed: ${outcome.error.message}\n`);
        continue;
      }
      outputs.set(outcome.job.id, outcome.output);
      if (outcome.isKept) kept++;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new JobQueueError(
      `Stopped after ${ended} jobs; what is under way elsewhere is taken back. The same command goes on from there.`,
    );
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
  if (kept > 0) io.out.write(`${kept} of ${order.length} jobs were done before\n`);
  if (failed.length > 0) {
    io.err.write(
      `${failed.length} of ${order.length} jobs failed; nothing is written. What the others found is kept in ${folder} for the next time.\n`,
    );
  }
  const summary = { total: order.length, kept, failed };
  return {
    outputs: failed.length > 0 ? undefined : order.map(({ id }) => outputs.get(id)),
    summary,
    finish: () => store.clear(),
  };
}
