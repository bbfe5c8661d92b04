// Training, decoding and gradients through a sampler: compiled tf.js against PyTorch on the CPU, and against tf.js's own
// backends, in interleaved rounds of processes of their own.
//   npx tsx bench/train-step.ts [TASK...] [--python PATH] [--threads 1,2] [--rounds 7] [--tfjs] [--tensorflow] [--json] [--write FILE]
// TASK: unet, autoencoder, decode, sampler-gradient; all when omitted. `--tfjs` adds tfjs-wasm and tfjs cpu (minutes).
// `--tensorflow` adds the device tensorflow, on the package that is installed or that COUNTERLAB_TFJS_PACKAGE names.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPeer } from "./support/peer-process.ts";
import type { PeerProcess, Timed } from "./support/peer-process.ts";
import { tasks } from "./support/tasks.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: ".venv/bin/python" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "7" },
    tfjs: { type: "boolean", default: false },
    tensorflow: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "string" },
  },
});
const rounds = Number(options.rounds);
const names = positionals.length > 0 ? positionals : Object.keys(tasks);
for (const name of names) {
  if (!(name in tasks)) {
    console.error(`There is no task "${name}"; there are ${Object.keys(tasks).join(", ")}.`);
    process.exit(2);
  }
}
const say = (text: string) => {
  if (!options.json) console.log(text);
};

// Short tasks run several times a round, so that a round is no less than about 50 ms.
const REPEATS: Readonly<Record<string, number>> = { decode: 20 };
// tf.js's own cpu backend takes minutes for a whole batch: one image, one run.
const SLOW_BATCH = 1;

interface Summary {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMB: number;
  readonly batch: number;
  readonly about: Readonly<Record<string, unknown>>;
}
type Row = Summary | { readonly failed: string };

const median = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/** Starts all sides, then lets them take turns. */
async function compare(
  name: string,
  threads: number,
  sides: Readonly<Record<string, { readonly command: readonly string[]; readonly batch: number }>>,
): Promise<Record<string, Row>> {
  const started: Record<string, PeerProcess | { readonly failed: string }> = {};
  const times = new Map<string, { timed: Timed[]; peakMB: number }>();
  for (const [side, { command }] of Object.entries(sides)) {
    started[side] = await startPeer(command, threads);
  }
  const repeats = REPEATS[name] ?? 1;
  const failed: Record<string, string> = {};
  const turn = async (count: number, isCounted: boolean) => {
    for (const [side, peer] of Object.entries(started)) {
      if (!("run" in peer) || side in failed) continue;
      try {
        const { rounds: timed, peakMB } = await peer.run(count);
        const known = times.get(side)?.timed ?? [];
        times.set(side, { timed: isCounted ? [...known, ...timed] : known, peakMB });
      } catch (error) {
        failed[side] = (error as Error).message;
      }
    }
  };
  await turn(2, false);
  for (let round = 0; round < rounds; round++) await turn(repeats, true);
  const rows: Record<string, Row> = {};
  for (const [side, peer] of Object.entries(started)) {
    if (!("run" in peer)) rows[side] = peer;
    else if (side in failed) rows[side] = { failed: failed[side]! };
    else {
      const { timed, peakMB } = times.get(side)!;
      rows[side] = {
        wallMs: median(timed.map(({ wallMs }) => wallMs)),
        cpuMs: median(timed.map(({ cpuMs }) => cpuMs)),
        peakMB,
        batch: sides[side]!.batch,
        about: peer.about,
      };
      await peer.stop();
    }
  }
  return rows;
}

const worker = (name: string, engine: string, threads: number, batch: number) => ({
  command: [
    ...[process.execPath, "--import", "tsx", "bench/support/train-step-worker.ts"],
    ...[name, engine, String(threads), String(batch)],
  ],
  batch,
});

/** One slow side alone, one warm-up and one run. */
async function once(name: string, engine: string, batch: number): Promise<Row> {
  const peer = await startPeer(worker(name, engine, 1, batch).command, 1);
  if (!("run" in peer)) return peer;
  try {
    const { rounds: timed, peakMB } = await peer.run(2);
    await peer.stop();
    const { wallMs, cpuMs } = timed.at(-1)!;
    return { wallMs, cpuMs, peakMB, batch, about: peer.about };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

/** Milliseconds of a first start, which fills the cache of graphs, and of a second, which reads it. */
async function compileTimes(name: string, batch: number) {
  const cache = mkdtempSync(path.join(tmpdir(), "counterlab-bench-"));
  const times = [];
  let fromCache = false;
  for (let start = 0; start < 2; start++) {
    const peer = await startPeer([...worker(name, "compiled", 1, batch).command, cache], 1);
    if (!("run" in peer)) return undefined;
    const { trace, lower, load: session } = peer.about["compileMs"] as Record<string, number>;
    times.push(trace! + lower! + session!);
    fromCache = peer.about["fromCache"] === true;
    await peer.stop();
  }
  rmSync(cache, { recursive: true });
  return { firstMs: times[0]!, secondMs: times[1]!, secondFromCache: fromCache };
}

const ratio = (ours: Row | undefined, theirs: Row | undefined) =>
  ours === undefined || theirs === undefined || "failed" in ours || "failed" in theirs
    ? undefined
    : {
        cpu: ours.cpuMs / theirs.cpuMs,
        wall: ours.wallMs / theirs.wallMs,
        peakMemory: ours.peakMB / theirs.peakMB,
      };

const results = [];
const load = [loadavg()[0]!];
for (const name of names) {
  const { batch } = tasks[name]!;
  for (const threads of options.threads.split(",").map(Number)) {
    const rows = await compare(name, threads, {
      compiled: worker(name, "compiled", threads, batch),
      pytorch: {
        command: [options.python, "bench/train_step_torch.py", name, String(threads)],
        batch,
      },
      ...(options.tensorflow ? { tensorflow: worker(name, "tensorflow", threads, batch) } : {}),
    });
    if (options.tfjs && threads === 1) {
      rows["tfjs-wasm"] = await once(name, "wasm", batch);
      rows["tfjs-cpu"] = await once(name, "cpu", SLOW_BATCH);
    }
    const compile = threads === 1 ? await compileTimes(name, batch) : undefined;
    load.push(loadavg()[0]!);
    const ratioToPyTorch = ratio(rows["compiled"], rows["pytorch"]);
    results.push({ task: name, batch, threads, ratioToPyTorch, rows, compile });
    say(`\n${name}, batch ${batch}, ${threads} thread(s), median of ${rounds} rounds`);
    for (const [side, row] of Object.entries(rows)) {
      if ("failed" in row) say(`  ${side.padEnd(10)} ${row.failed}`);
      else {
        const { wallMs, cpuMs, peakMB } = row;
        const times = `${cpuMs.toFixed(1)} ms CPU, ${wallMs.toFixed(1)} ms wall`;
        const note = row.batch === batch ? "" : ` (batch ${row.batch})`;
        say(`  ${side.padEnd(10)} ${times}, peak ${peakMB.toFixed(0)} MB${note}`);
      }
    }
    if (compile !== undefined) {
      const { firstMs, secondMs, secondFromCache } = compile;
      const how = secondFromCache ? "from the cache" : "not from the cache";
      say(
        `  compiled in ${firstMs.toFixed(0)} ms, at a second start in ${secondMs.toFixed(0)} ms (${how})`,
      );
    }
    if (ratioToPyTorch !== undefined) {
      const { cpu, wall, peakMemory } = ratioToPyTorch;
      say(
        `  ours / PyTorch: CPU ${cpu.toFixed(2)}, wall ${wall.toFixed(2)}, memory ${peakMemory.toFixed(2)}`,
      );
    }
  }
}

/** How much others computed meanwhile, as far as the kernel says. */
const machine = {
  cpu: /model name\s*:\s*(.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown",
  node: process.version,
  loadAverage: { least: Math.min(...load), most: Math.max(...load) },
};
const report = {
  benchmark: "train-step",
  ratioToPyTorch: Object.fromEntries(
    results.map(({ task, threads, ratioToPyTorch }) => [
      `${task}, ${threads} thread(s)`,
      ratioToPyTorch,
    ]),
  ),
  rounds,
  machine,
  results,
};
if (options.json) console.log(JSON.stringify(report, undefined, 2));
if (options.write !== undefined) {
  writeFileSync(options.write, `${JSON.stringify(report, undefined, 2)}\n`);
}
