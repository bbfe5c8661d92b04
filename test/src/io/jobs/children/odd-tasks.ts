// A pool's process whose tasks behave as badly as tasks can. Each notes in `log` that it began.
import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { JobRefusal } from "#src/io/jobs/job.ts";
import { serveJobs } from "#src/io/jobs/serve-jobs.ts";

interface Order {
  readonly log: string;
  readonly value: number;
  readonly waitMs?: number;
}

/** Notes that a job was begun; how often that was so before. */
function began({ log, value }: Order): number {
  const before = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line === String(value));
  appendFileSync(log, `${value}\n`);
  return before.length;
}

const double = async (order: Order): Promise<unknown> => {
  await sleep(order.waitMs ?? 0);
  return { value: 2 * order.value, pid: process.pid };
};

await serveJobs({
  double: async (input) => {
    began(input as Order);
    return double(input as Order);
  },
  die: async (input) => {
    began(input as Order);
    process.kill(process.pid, "SIGKILL");
    return sleep(60_000);
  },
  dieOnce: async (input) => {
    if (began(input as Order) === 0) process.kill(process.pid, "SIGKILL");
    return double(input as Order);
  },
  fullDiskOnce: async (input) => {
    if (began(input as Order) === 0) {
      throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
    }
    return double(input as Order);
  },
  fail: async (input) => {
    began(input as Order);
    throw new RangeError("the input makes no sense");
  },
  refuse: async () => {
    throw new JobRefusal("the folder /models/none is not here.");
  },
});
