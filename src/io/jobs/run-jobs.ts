import { setMaxListeners } from "node:events";
import { JobError, type Job, type JobQueue } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** What became of one job; `isKept`: it was done before, and not again. */
export type JobOutcome =
  | { readonly job: Job; readonly output: unknown; readonly isKept: boolean }
  | { readonly job: Job; readonly error: JobError };

/**
 * Has jobs done by a queue, yielding each as it ends, in whatever order. Results that `store` has are not asked for again.
 * Stopping early ends what is under way.
 *
 * @throws JobQueueError when the queue can do no more.
 */
export async function* runJobs(
  jobs: Iterable<Job> | AsyncIterable<Job>,
  {
    queue,
    store,
    signal,
  }: { readonly queue: JobQueue; readonly store?: JobStore; readonly signal?: AbortSignal },
): AsyncGenerator<JobOutcome, void, void> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  // Each job under way listens.
  setMaxListeners(0, either);
  const underWay = new Map<Job, Promise<JobOutcome>>();
  const run = async (job: Job): Promise<JobOutcome> => {
    let outcome: JobOutcome;
    try {
      const output = await queue.run(job, either);
      await store?.set(job.id, output);
      outcome = { job, output, isKept: false };
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      outcome = { job, error };
    }
    await queue.forget(job);
    return outcome;
  };
  const next = async (): Promise<JobOutcome> => {
    const outcome = await Promise.race(underWay.values());
    underWay.delete(outcome.job);
    return outcome;
  };
  try {
    for await (const job of jobs) {
      either.throwIfAborted();
      const output = await store?.get(job.id);
      if (output !== undefined) {
        yield { job, output, isKept: true };
        continue;
      }
      // Equal jobs are one job.
      const same = [...underWay].find(([{ id }]) => id === job.id)?.[1];
      const running = same?.then((outcome) => ({ ...outcome, job })) ?? run(job);
      // Its failure is met by next(), or by nobody once another has failed.
      running.catch(() => undefined);
      underWay.set(job, running);
      if (underWay.size >= queue.window) yield await next();
    }
    while (underWay.size > 0) yield await next();
  } finally {
    stop.abort();
    await Promise.allSettled(underWay.values());
  }
}
