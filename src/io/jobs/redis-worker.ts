import { hostname } from "node:os";
import { DelayedError, UnrecoverableError, Worker } from "bullmq";
import { monotonicMs } from "../clock.ts";
import type { Job, QueueNotice } from "./job.ts";
import type { ProcessPool } from "./process-pool.ts";
import { connectRedis, type RedisAddress } from "./redis-link.ts";
import { KEPT_SECONDS, QUEUE_NAME, REDIS_PREFIX, resultKey } from "./redis-names.ts";

export interface RedisWorkerOptions extends RedisAddress {
  /** Does the jobs: this process only keeps in touch with Redis, so a long computation loses no job. */
  readonly pool: ProcessPool;
  /** How many jobs at a time. */
  readonly concurrency: number;
  /** What others see it as; host and process number when omitted. */
  readonly name?: string;
  /** A worker that was not heard of for so long is taken for dead; 30,000 when omitted. */
  readonly lostAfterMs?: number;
  readonly onNotice?: QueueNotice;
  readonly onDone?: (done: { readonly name: string; readonly seconds: number }) => void;
}

/** A worker of a queue in Redis. */
export interface RedisWorker {
  readonly name: string;
  readonly shown: string;
  /** Fails when Redis stays away; else never settles. */
  readonly gone: Promise<never>;
  /** Finishes what is under way, takes nothing more. */
  close(): Promise<void>;
}

/** How long a job that was refused waits for another worker, and this worker for another job. */
const HAND_BACK_MS = 1_000;
const SIT_OUT_MS = 5_000;
const LONGEST_NAME = 80;

/**
 * Takes jobs from a queue in Redis, one after the other, until closed.
 *
 * @throws InputError when there is no such Redis.
 */
export async function openRedisWorker({
  pool,
  concurrency,
  name: givenName = `${hostname()}:${process.pid}`,
  lostAfterMs = 30_000,
  onNotice = () => undefined,
  onDone = () => undefined,
  ...address
}: RedisWorkerOptions): Promise<RedisWorker> {
  const name = givenName.replace(/[^\w.:-]/g, "-").slice(0, LONGEST_NAME);
  const link = await connectRedis(address, { onNotice });
  const stop = new AbortController();
  const worker = new Worker<Pick<Job, "name" | "code" | "input">>(
    QUEUE_NAME,
    async (queued, token) => {
      const { id, name: task, data } = queued;
      const start = monotonicMs();
      const answer = await pool.ask({ ...data, id: id!, task }, stop.signal);
      switch (answer.kind) {
        case "done":
          await link.client.set(resultKey(id!), JSON.stringify(answer.output), "EX", KEPT_SECONDS);
          onDone({ name: data.name, seconds: (monotonicMs() - start) / 1000 });
          return null;
        case "failed":
          onNotice(`${data.name}: ${answer.message}`);
          throw new UnrecoverableError(answer.message);
        case "passing":
          onNotice(`${data.name}: ${answer.message}; handed back`);
          throw new Error(answer.message);
        case "refused":
          onNotice(`refused ${data.name}: ${answer.message}`);
          await queued.updateProgress({ refusedBy: name, reason: answer.message });
          await queued.moveToDelayed(Date.now() + HAND_BACK_MS, token);
          sitOut();
          throw new DelayedError();
      }
    },
    {
      connection: link.client,
      prefix: REDIS_PREFIX,
      name,
      concurrency,
      lockDuration: lostAfterMs,
      stalledInterval: lostAfterMs / 2,
      // A job that kills its workers fails in the end.
      maxStalledCount: 2,
      runRetryDelay: 1_000,
    },
  );
  // The link tells of lost connections, the answers above of jobs.
  worker.on("error", () => undefined);
  let sitting: ReturnType<typeof setTimeout> | undefined;
  const sitOut = (): void => {
    if (sitting !== undefined) return;
    void worker.pause(true);
    sitting = setTimeout(() => {
      sitting = undefined;
      void worker.resume();
    }, SIT_OUT_MS);
  };
  return {
    name,
    shown: link.shown,
    gone: link.whileThere(new Promise<never>(() => undefined)),
    close: async () => {
      clearTimeout(sitting);
      const isThere = link.client.status === "ready";
      await worker.close(!isThere).catch(() => undefined);
      stop.abort();
      link.close();
    },
  };
}
