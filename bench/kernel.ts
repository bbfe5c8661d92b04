// Kernels side by side in one run: start, cells, completion, floods of output, memory.
//   npx tsx bench/kernel.ts [--deno PATH] [--python .venv/bin/python] [--rounds 5] [--only counterlab,deno] [--soak 10000] [--out FILE]
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BenchClient, executeContent, type Answer, type Message } from "./kernel-client.ts";
import { findPeers, type Peer } from "./kernel-peers.ts";

const { values: options } = parseArgs({
  options: {
    deno: { type: "string" },
    python: { type: "string", default: ".venv/bin/python" },
    rounds: { type: "string", default: "5" },
    cells: { type: "string", default: "500" },
    soak: { type: "string", default: "10000" },
    only: { type: "string" },
    out: { type: "string" },
  },
});
const repeats = 150;
const lines = 100_000;
const settleMs = 300;

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
};
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
interface Summary {
  readonly median: number;
  readonly p95: number;
}

const summary = (values: readonly number[]): Summary => ({
  median: round(quantile(values, 0.5)),
  p95: round(quantile(values, 0.95)),
});

async function repeat(
  count: number,
  measure: (index: number) => Promise<number>,
): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index += 1) values.push(await measure(index));
  return values;
}

/** From the start of the process to kernel_info and to the first result. */
async function measureStart(peer: Peer): Promise<{ startMs: number; firstResultMs: number }> {
  const { client, startMs } = await BenchClient.start(peer);
  const start = performance.now();
  let firstResultMs = NaN;
  client.onMessage = ({ type }) => {
    const isResult = type === "execute_result" || type === "stream";
    if (isResult && Number.isNaN(firstResultMs))
      firstResultMs = startMs + performance.now() - start;
  };
  await client.execute("1 + 1");
  await client.close();
  return { startMs, firstResultMs };
}

/** Cells of every kernel in turns of ten, so that a busy moment of the machine hits all alike. */
async function measureCells(clients: ReadonlyMap<Peer, BenchClient>) {
  const inTurns = async (
    count: number,
    measure: (peer: Peer, client: BenchClient, index: number) => Promise<Answer> | undefined,
  ): Promise<Map<Peer, Answer[]>> => {
    const answers = new Map([...clients.keys()].map((peer) => [peer, [] as Answer[]]));
    for (let from = 0; from < count; from += 10) {
      for (const [peer, client] of clients) {
        for (let index = from; index < from + 10; index += 1) {
          const answer = await measure(peer, client, index);
          if (answer !== undefined) answers.get(peer)!.push(answer);
        }
        // What one kernel still does after idle must not slow the next one down.
        await delay(settleMs);
      }
    }
    return answers;
  };
  const trivial = new Map<Peer, Record<string, Summary>>();
  const replies = new Map<Peer, Record<string, Summary>>();
  for (const peer of clients.keys()) {
    trivial.set(peer, {});
    replies.set(peer, {});
  }
  let declared = 0;
  for (const after of [1, 50, Number(options.cells)]) {
    for (const [peer, client] of clients) {
      for (let index = declared; index < after; index += 1) {
        await client.execute(peer.declare(index));
      }
    }
    declared = after;
    const answers = await inTurns(repeats, (peer, client, index) =>
      client.execute(peer.trivial(1000 * after + index)),
    );
    for (const [peer, values] of answers) {
      trivial.get(peer)![after] = summary(values.map(({ ms }) => ms));
      replies.get(peer)![after] = summary(values.map(({ replyMs }) => replyMs));
    }
  }
  const typed = await inTurns(30, (peer, client, index) =>
    peer.typed === undefined ? undefined : client.execute(peer.typed(index)),
  );
  return new Map(
    [...clients.keys()].map((peer) => {
      const times = typed.get(peer)!.map(({ ms }) => ms);
      const typedMs = times.length === 0 ? undefined : summary(times);
      const figures = { trivialMs: trivial.get(peer)!, trivialReplyMs: replies.get(peer)! };
      return [peer, { ...figures, typedMs }] as const;
    }),
  );
}

/** From a cell with a type error to the text that says so below it. */
async function measureProblems(client: BenchClient) {
  const times = await repeat(30, async (index) => {
    const start = performance.now();
    const shown = new Promise<number>((resolve) => {
      client.onMessage = ({ type, content }) => {
        if (type === "stream" && content["name"] === "stderr") resolve(performance.now() - start);
      };
      setTimeout(resolve, 5000, NaN).unref();
    });
    await client.execute(`const wrong${index}: string = ${index}`);
    const ms = await shown;
    await delay(settleMs / 10);
    return ms;
  });
  client.onMessage = () => undefined;
  return summary(times);
}

/** Completions of a text that changes each time, as when somebody types, and of the same text again. */
async function measureCompletion(client: BenchClient, { completions, comment }: Peer) {
  let found = 0;
  let offered = 0;
  const times: number[] = [];
  const again: number[] = [];
  for (const { declare, code, expected } of completions) {
    await client.execute(declare);
    // The first of each is not counted: it may start something.
    for (let index = 0; index < 8; index += 1) {
      const text = `${comment(index)}${code}`;
      const content = { code: text, cursor_pos: Array.from(text).length };
      const { ms, reply } = await client.request("complete_request", content);
      const repeated = await client.request("complete_request", content);
      if (index > 0) {
        times.push(ms);
        again.push(repeated.ms);
      }
      const matches = (reply?.content["matches"] as string[] | undefined) ?? [];
      const names = matches.map((match) => match.replace(/^.*\./, ""));
      if (index > 0) continue;
      found += expected.every((name) => names.includes(name)) ? 1 : 0;
      offered += names.length;
    }
  }
  return { ...summary(times), again: summary(again), found, of: completions.length, offered };
}

async function measureFlood(client: BenchClient, peer: Peer) {
  let seen = 0;
  let afterIdle = 0;
  let isIdle = false;
  let peakOwn = 0;
  let peakTree = 0;
  const count = ({ content }: Message): number => String(content["text"]).split("\n").length - 1;
  client.onMessage = (message) => {
    if (message.type === "status" && message.content["execution_state"] === "idle") isIdle = true;
    if (message.type !== "stream") return;
    if (isIdle) afterIdle += count(message);
    else seen += count(message);
  };
  const watch = setInterval(() => {
    const { own, tree } = client.memoryMB();
    [peakOwn, peakTree] = [Math.max(peakOwn, own), Math.max(peakTree, tree)];
  }, 25);
  const { ms } = await client.execute(peer.print(lines), { timeoutMs: 30_000 });
  // What comes late is counted too, but not as arrived in time.
  for (let last = -1; last !== afterIdle;) {
    last = afterIdle;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  clearInterval(watch);
  client.onMessage = () => undefined;
  return {
    ...{
      idleAfterMs: Number.isNaN(ms) ? null : round(ms, 0),
      linesBeforeIdle: seen,
      linesAfterIdle: afterIdle,
    },
    ...{ peakMB: { firstProcess: peakOwn, all: peakTree } },
  };
}

async function measureHeartbeat(client: BenchClient, peer: Peer) {
  const running = client.execute(peer.block(1500));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const beats: number[] = [];
  for (let index = 0; index < 40; index += 1) {
    beats.push(await client.heartbeatMs());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await running;
  return { ...summary(beats), beats: beats.length };
}

/** Many cells, a thousand in flight: is every message there, in order? */
async function soak(client: BenchClient, count: number) {
  const ids = Array.from({ length: count }, () => randomUUID());
  const indexOf = new Map<string, number>(ids.map((id, index) => [id, index]));
  const next = { reply: 0, idle: 0, result: 0, stream: 0 };
  let reordered = 0;
  const expect = (kind: keyof typeof next, index: number): void => {
    if (index !== next[kind]) reordered += 1;
    next[kind] = index + 1;
  };
  const counts = { reply: 0, idle: 0, result: 0, stream: 0 };
  const done = new Promise<void>((resolve) => {
    client.onMessage = ({ type, parentId, content }) => {
      const index = indexOf.get(parentId);
      if (index === undefined) return;
      const kind =
        type === "execute_reply"
          ? "reply"
          : type === "execute_result"
            ? "result"
            : type === "stream"
              ? "stream"
              : content["execution_state"] === "idle"
                ? "idle"
                : undefined;
      if (kind === undefined) return;
      if (kind === "result") {
        const data = content["data"] as Record<string, string>;
        if (data["text/plain"] !== String(index)) reordered += 1;
      }
      if (kind === "idle" && (next.result !== index + 1 || next.stream !== index + 1))
        reordered += 1;
      counts[kind] += 1;
      expect(kind, index);
      if (counts.idle === count && counts.reply === count) resolve();
      const following = index + 1000;
      if (kind === "idle" && following < count) sendCell(following);
    };
  });
  const sendCell = (index: number): void => {
    client.send(
      "shell",
      "execute_request",
      executeContent(`console.log(${index}); ${index}`),
      ids[index]!,
    );
  };
  const start = performance.now();
  for (let index = 0; index < Math.min(1000, count); index += 1) sendCell(index);
  const stalled = new Promise<void>((resolve) => setTimeout(resolve, 300_000).unref());
  await Promise.race([done, stalled]);
  client.onMessage = () => undefined;
  const lost = 4 * count - Object.values(counts).reduce((sum, each) => sum + each);
  return { cells: count, lost, reordered, seconds: round((performance.now() - start) / 1000) };
}

const interruptions: Readonly<Record<string, string>> = {
  "a loop": "while (true) {}",
  "a loop after an await": "await null; while (true) {}",
  "a pending promise": "await new Promise(() => {})",
  "a timer callback": "setTimeout(() => { while (true) {} }); await new Promise(() => {})",
  "a regular expression": "/^(a+)+$/.test('a'.repeat(40) + 'b')",
  "Atomics.wait": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
  "a flood of promises":
    "(function again() { Promise.resolve().then(again) })(); await new Promise(() => {})",
};

/** From interrupt_request to the reply of the stopped cell. */
async function measureInterrupts(client: BenchClient) {
  const result: Record<string, { median: number; p95: number }> = {};
  await client.execute("let kept = 0");
  for (const [name, code] of Object.entries(interruptions)) {
    const times = await repeat(7, async () => {
      const cell = client.execute(`kept += 1; ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
      const start = performance.now();
      client.send("control", "interrupt_request", {}, randomUUID());
      await cell;
      return performance.now() - start;
    });
    result[name] = summary(times);
  }
  const { outputs } = await client.execute("kept");
  const shown = outputs.find(({ type }) => type === "execute_result");
  const kept = (shown?.content["data"] as Record<string, string> | undefined)?.["text/plain"];
  return { ms: result, isStateKept: kept === String(7 * Object.keys(interruptions).length) };
}

const all = await findPeers({ python: options.python, deno: options.deno });
const wanted = options.only?.split(",");
const peers = all.filter(({ name }) => wanted === undefined || wanted.includes(name));
const loadBefore = loadavg();

const starts = new Map(
  peers.map(({ name }) => [name, [] as Awaited<ReturnType<typeof measureStart>>[]]),
);
// In turns, so that a busy moment of the machine hits all alike.
for (let index = 0; index <= Number(options.rounds); index += 1) {
  for (const peer of peers) {
    const measured = await measureStart(peer);
    // The first round fills the disk cache.
    if (index > 0) starts.get(peer.name)!.push(measured);
  }
}

const results: Record<string, object> = {};
const clients = new Map<Peer, BenchClient>();
for (const peer of peers) clients.set(peer, (await BenchClient.start(peer)).client);
await new Promise((resolve) => setTimeout(resolve, 1000));
const memoryAtStart = new Map([...clients].map(([peer, client]) => [peer, client.memoryMB()]));
const cells = await measureCells(clients);
for (const [peer, client] of clients) {
  const memoryAfterCells = client.memoryMB();
  const completion = await measureCompletion(client, peer);
  const heartbeat = await measureHeartbeat(client, peer);
  const flood = await measureFlood(client, peer);
  const isOurs = peer.name === "counterlab";
  const typeErrorsMs = isOurs ? await measureProblems(client) : undefined;
  const interrupts = isOurs ? await measureInterrupts(client) : undefined;
  const { lost } = client;
  await client.close();
  const soaked = isOurs && Number(options.soak) > 0 ? await startAndSoak(peer) : undefined;
  const started = starts.get(peer.name)!;
  results[peer.name] = {
    version: peer.version,
    startMs: summary(started.map(({ startMs }) => startMs)),
    firstResultMs: summary(started.map(({ firstResultMs }) => firstResultMs)),
    ...cells.get(peer)!,
    completion,
    flood,
    heartbeatWhileBlockedMs: heartbeat,
    memoryMB: { start: memoryAtStart.get(peer)!, afterCells: memoryAfterCells },
    requestsLost: lost,
    ...(typeErrorsMs && { typeErrorsMs }),
    ...(interrupts && { interrupts }),
    ...(soaked && { soak: soaked }),
  };
  console.log(peer.name, JSON.stringify(results[peer.name], undefined, 2));
}
printTable();

/** The figures that have a target, a column a kernel. */
function printTable(): void {
  const names = Object.keys(results);
  const at = (name: string, ...keys: string[]): string => {
    let value: unknown = results[name];
    for (const key of keys) value = (value as Record<string, unknown> | undefined)?.[key];
    return typeof value === "number" ? String(value) : "-";
  };
  const last = options.cells;
  const rows: Record<string, readonly string[]> = {
    "start to kernel_info, ms": ["startMs", "median"],
    "start to first result, ms": ["firstResultMs", "median"],
    "trivial cell after 1, ms": ["trivialMs", "1", "median"],
    "trivial cell after 50, ms": ["trivialMs", "50", "median"],
    [`trivial cell after ${last}, ms`]: ["trivialMs", last, "median"],
    [`its reply after ${last}, ms`]: ["trivialReplyMs", last, "median"],
    "cell with types, ms": ["typedMs", "median"],
    "type errors shown, ms": ["typeErrorsMs", "median"],
    "completion, ms": ["completion", "median"],
    "the same completion again, ms": ["completion", "again", "median"],
    "completions as expected": ["completion", "found"],
    of: ["completion", "of"],
    "100k lines until idle, ms": ["flood", "idleAfterMs"],
    "lines before idle": ["flood", "linesBeforeIdle"],
    "peak memory, first process, MB": ["flood", "peakMB", "firstProcess"],
    "peak memory, all, MB": ["flood", "peakMB", "all"],
    "heartbeat while blocked, ms": ["heartbeatWhileBlockedMs", "median"],
    "memory at start, MB": ["memoryMB", "start", "tree"],
    "requests without reply or idle": ["requestsLost"],
    [`memory after ${last} cells, MB`]: ["memoryMB", "afterCells", "tree"],
  };
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(15))).join("");
  console.log(line(["", ...names]));
  for (const [title, keys] of Object.entries(rows)) {
    console.log(line([title, ...names.map((name) => at(name, ...keys))]));
  }
}

async function startAndSoak(peer: Peer) {
  const { client } = await BenchClient.start(peer);
  const soaked = await soak(client, Number(options.soak));
  await client.close();
  return soaked;
}

const report = {
  benchmark: "kernel",
  command: `npx tsx bench/kernel.ts ${process.argv.slice(2).join(" ")}`.trim(),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
  machine: {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) },
    ...{ node: process.version, platform: process.platform },
    load: { before: loadBefore, after: loadavg() },
  },
  results,
};
if (options.out !== undefined)
  writeFileSync(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
