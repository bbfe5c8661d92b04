import { Job as QueuedJob, Queue, QueueEvents } from "bullmq";
import { monotonicMs } from "../clock.ts";
import { JobError, JobQueueError, type Job, type JobQueue, type QueueNotice } from "./job.ts";
import { connectRedis, type RedisAddress } from "./redis-link.ts";
import { KEPT_SECONDS, QUEUE_NAME, REDIS_PREFIX, resultKey } from "./redis-names.ts";

export interface RedisQueueOptions extends RedisAddress {
  readonly onNotice?: QueueNotice;
  /** How often a job is begun whose worker dies or whose machine is at fault; 3 when omitted. */
  readonly attempts?: number;
}

/** A job's end as an event or a look at it tells; "again" when its result is not there. */
type End =
  | { readonly kind: "completed" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "again" };

/** Events can be missed while a connection is gone. */
const LOOK_EVERY_MS = 2_000;
const ALONE_AFTER_MS = 5_000;
const RETRY_AFTER_MS = 500;

/**
 * Puts jobs into Redis (by BullMQ) for whatever workers take them, `counterlab worker --queue`. A job's text is in Redis from
 * the moment it is given until its result is fetched.
 *
 * @throws InputError when there is no such Redis.
 */
export async function openRedisQueue({
  onNotice = () => undefined,
  attempts = 3,
  ...address
}: RedisQueueOptions): Promise<JobQueue> {
  const link = await connectRedis(address, { onNotice });
  const connection = link.client;
  const queue = new Queue(QUEUE_NAME, {
    connection,
    prefix: REDIS_PREFIX,
    // Events say that a job ended; nobody reads old ones.
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: {
      attempts,
      backoff: { type: "fixed", delay: RETRY_AFTER_MS },
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    },
  });
  const events = new QueueEvents(QUEUE_NAME, { connection, prefix: REDIS_PREFIX });
  // The link tells of lost connections, once.
  queue.on("error", () => undefined);
  events.on("error", () => undefined);
  const waiting = new Map<
    string,
    { readonly end: (end: End) => void; readonly fail: (error: Error) => void }
  >();
  const refusals = new Map<string, string>();
  const told = new Set<string>();
  const tellOnce = (message: string): void => {
    if (told.has(message)) return;
    told.add(message);
    onNotice(message);
  };
  const progressed = (): void => {
    refusals.clear();
    progressMs = monotonicMs();
  };
  let progressMs = monotonicMs();
  events.on("completed", ({ jobId }) => {
    if (!waiting.has(jobId)) return;
    progressed();
    waiting.get(jobId)!.end({ kind: "completed" });
  });
  events.on("failed", ({ jobId, failedReason }) => {
    waiting.get(jobId)?.end({ kind: "failed", reason: failedReason });
  });
  events.on("stalled", ({ jobId }) => {
    if (waiting.has(jobId))
      onNotice(`a worker is lost with a job; another does it (${jobId.slice(0, 8)})`);
  });
  events.on("progress", ({ jobId, data }) => {
    if (!waiting.has(jobId)) return;
    const { refusedBy, reason } = data as { refusedBy?: string; reason?: string };
    if (refusedBy === undefined || reason === undefined) return;
    refusals.set(refusedBy, reason);
    tellOnce(`worker ${refusedBy} refuses: ${reason}`);
  });

  const find = (id: string): Promise<QueuedJob | undefined> => QueuedJob.fromId(queue, id);
  const look = async (): Promise<void> => {
    for (const [id, { end }] of [...waiting]) {
      const job = await find(id);
      if (job === undefined) end({ kind: "again" });
      else if (job.finishedOn === undefined) continue;
      else if (await job.isFailed()) end({ kind: "failed", reason: job.failedReason });
      else if (await job.isCompleted()) end({ kind: "completed" });
    }
    if (waiting.size === 0 || monotonicMs() - progressMs < ALONE_AFTER_MS) return;
    const names = (await queue.getWorkers()).map((worker) => workerName(worker["rawname"]));
    if (names.length === 0 && refusals.size === 0) {
      tellOnce(
        `no worker is connected to ${link.shown}: start one, on any machine, with \`counterlab worker --queue URL\``,
      );
    } else if (refusals.size > 0 && names.every((name) => refusals.has(name))) {
      const reasons = [...refusals].map(([name, reason]) => `${name}: ${reason}`);
      const error = new JobQueueError(
        `Every worker at ${link.shown} refuses. ${reasons.join(" ")}`,
      );
      for (const { fail } of waiting.values()) fail(error);
      refusals.clear();
    }
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    // Redis may be gone for a while: the link tells.
    looking ??= look()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_EVERY_MS);

  const remove = async (id: string): Promise<void> => {
    // A worker may hold it just now; then it stays, and expires.
    await (await find(id))?.remove().catch(() => undefined);
    await connection.del(resultKey(id));
  };

  const doOnce = async (job: Job, signal: AbortSignal): Promise<End> => {
    const kept = await find(job.id);
    // What failed before is worth another try when it is asked for again.
    if ((await kept?.isFailed()) === true) await remove(job.id);
    const { name, code, input } = job;
    if (waiting.size === 0) progressed();
    const ended = new Promise<End>((end, fail) => {
      waiting.set(job.id, { end, fail });
    });
    const stop = (): void => {
      waiting.get(job.id)?.fail(signal.reason as Error);
    };
    signal.addEventListener("abort", stop);
    try {
      ended.catch(() => undefined);
      await queue.add(job.task, { name, code, input }, { jobId: job.id });
      // It may have ended before it was waited for.
      return (await kept?.isCompleted()) === true ? { kind: "completed" } : await ended;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };

  return {
    remote: link.shown,
    window: 64,
    run: (job, signal) =>
      link.whileThere(
        (async () => {
          try {
            for (;;) {
              signal.throwIfAborted();
              const end = await doOnce(job, signal);
              if (end.kind === "failed") {
                throw new JobError(`${job.name}: ${reasonOf(end.reason)}`);
              }
              const result = end.kind === "again" ? null : await connection.get(resultKey(job.id));
              if (result !== null) return JSON.parse(result) as unknown;
              // Redis was emptied, another command took the result, or a day has passed.
              await remove(job.id);
            }
          } catch (error) {
            if (!(error instanceof JobError)) await remove(job.id).catch(() => undefined);
            throw error;
          } finally {
            waiting.delete(job.id);
          }
        })(),
      ),
    forget: (job) => link.whileThere(remove(job.id)),
    close: async () => {
      clearInterval(timer);
      await events.close().catch(() => undefined);
      await queue.close().catch(() => undefined);
      link.close();
    },
  };
}

function workerName(clientName: string | undefined): string {
  return clientName?.split(":w:")[1] ?? "";
}

function reasonOf(reason: string): string {
  return reason.includes("stalled more than")
    ? "given up: each worker that began it died."
    : reason;
}
