// What sharing out costs and gains: reports per second by the rules in this process, in a pool of one and of two processes, and
// by one and two workers of a queue in Redis (where redis-server is on the PATH), in one run, rounds in turn; the ratios are
// of medians. Needs `npm run build`: workers are started from dist, as users start them.
//   npx tsx bench/queue.ts [--in openi/reports.tgz] [--copies 10] [--rounds 5] [--out docs/results/queue.json]
import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import * as io from "../dist/src/io/index.js";
import * as pipelines from "../dist/src/pipelines/index.js";
import { extractFindings, type ReportText } from "../dist/src/reports/index.js";
import { startRedis } from "../test/support/redis.ts";

const data = process.env["COUNTERLAB_DATA"] ?? path.join("..", "shared", "data");
const { values: options } = parseArgs({
  options: {
    in: { type: "string", default: path.join(data, "openi", "reports.tgz") },
    copies: { type: "string", default: "10" },
    rounds: { type: "string", default: "5" },
    out: { type: "string" },
  },
});

const once: ReportText[] = [];
for await (const { report, text } of io.readReports(options.in)) once.push({ report, text });
// Each copy under names of its own: equal jobs would be done once.
const reports = Array.from({ length: Number(options.copies) }, (_, copy) =>
  once.map(({ report, text }) => ({ report: `${copy}-${report}`, text })),
).flat();
const code = await io.codeFingerprint();

async function timeQueue(queue: io.JobQueue, round: number): Promise<number> {
  // Jobs of another round are other jobs: nothing is found done.
  const own = reports.map(({ report, text }) => ({ report: `${round}-${report}`, text }));
  const start = performance.now();
  let read = 0;
  for await (const outcome of io.runJobs(pipelines.reportJobs(own, { code }), { queue })) {
    if ("error" in outcome) throw outcome.error;
    read += pipelines.reportJobResult(outcome.output).readings.length;
  }
  if (read !== reports.length) throw new Error(`${read} of ${reports.length} reports came back`);
  return reports.length / ((performance.now() - start) / 1000);
}

function timeHere(): number {
  const start = performance.now();
  for (const report of reports) extractFindings(report);
  return reports.length / ((performance.now() - start) / 1000);
}

const pools = {
  "pool of 1": io.openProcessPool({ workers: 1 }),
  "pool of 2": io.openProcessPool({ workers: 2 }),
};
const redises = await Promise.all([startRedis(), startRedis()]);
const workers: ChildProcess[] = [];
for (const [at, { url }] of redises.entries()) {
  for (let count = 0; count <= at; count++) {
    workers.push(
      spawn(process.execPath, ["bin/counterlab.mjs", "worker", "--queue", url], {
        stdio: "ignore",
      }),
    );
  }
}
const queues: Record<string, io.JobQueue> = {
  ...pools,
  "1 worker over Redis": await io.openRedisQueue({ url: redises[0].url }),
  "2 workers over Redis": await io.openRedisQueue({ url: redises[1].url }),
};

const rates: Record<string, number[]> = { "this process": [] };
for (const [name, queue] of Object.entries(queues)) {
  rates[name] = [];
  // Starts the processes and warms their compilers up.
  await timeQueue(queue, -1);
}
timeHere();
for (let round = 0; round < Number(options.rounds); round++) {
  rates["this process"]!.push(timeHere());
  for (const [name, queue] of Object.entries(queues))
    rates[name]!.push(await timeQueue(queue, round));
}
for (const queue of Object.values(queues)) await queue.close();
for (const worker of workers) worker.kill("SIGINT");
for (const redis of redises) await redis.close();

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;
const perSecond = Object.fromEntries(
  Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]),
);
const ratio = (name: string, to: string) => Number((perSecond[name]! / perSecond[to]!).toFixed(2));
const result = {
  command: "npx tsx bench/queue.ts --out docs/results/queue.json",
  machine: `${availableParallelism()} x ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}`,
  reports: reports.length,
  rounds: Number(options.rounds),
  reportsPerSecond: perSecond,
  ratios: {
    "pool of 1 to this process": ratio("pool of 1", "this process"),
    "pool of 2 to pool of 1": ratio("pool of 2", "pool of 1"),
    "2 workers over Redis to 1": ratio("2 workers over Redis", "1 worker over Redis"),
  },
  allRates: Object.fromEntries(
    Object.entries(rates).map(([name, values]) => [name, values.map(Math.round)]),
  ),
};
console.log(JSON.stringify(result, null, 2));
if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(result, null, 2)}\n`);
