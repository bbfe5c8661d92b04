// How live cells and widgets stay while a training computes on all cores: a trivial cell's time to idle, and films decoded a second
// for a slider's requests through a comm, on our kernel over real sockets; then two trainings at once.
// `npm run build && node --import tsx bench/training-while-cells.ts [-- --niceness 5 --json]`
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BenchClient } from "./kernel-client.ts";

const CELLS = 200;
const SLIDER_MS = 8000;
const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    json: { type: "boolean", default: false },
    niceness: { type: "string", default: "5" },
  },
});
const isJson = values.json;
const niceness = Number(values.niceness);
const tell = (line: string): void => {
  if (!isJson) console.log(line);
};
const root = path.resolve(import.meta.dirname, "..");
const folder = await mkdtemp(path.join(os.tmpdir(), "counterlab-live-"));

const prepare = `
import { createRuntime, createTrainer, openAutoencoder, openDataset, readSwapFilms, trainAutoencoder } from "counterlab";
const data = await openDataset("phantom", { imageSizePx: 64 });
const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
for await (const step of trainAutoencoder({ data, runtime, out: "model", totalSteps: 1, groups: 2 }));
const model = await openAutoencoder("model", runtime);
const [film] = await readSwapFilms(data.test, [0]);
const codes = await model.encode(film.image);
// What a slider does: one number of the pathology code moves, the film is decoded and sent as bytes.
globalThis[Symbol.for("counterlab.commHost")].registerTarget("bench.slider", (comm) => {
  comm.onMessage(async ({ data: { value } }) => {
    const code = codes.pathology.slice();
    code[0] = value;
    const { counterfactual } = await model.counterfactual(film.image, code);
    comm.send({ value }, { buffers: [Uint8Array.from(counterfactual, (x) => 255 * x)] });
  });
});
const trainer = (out) => createTrainer({ data, out, totalSteps: 1_000_000, groups: 8, device: "cpu", niceness: ${niceness} });
const trainings = [];`;

const client = (
  await BenchClient.start({
    command: (file) => [
      process.execPath,
      path.join(root, "dist/kernel-ext/cli/main.js"),
      "start",
      file,
    ],
    cwd: folder,
  })
).client;
try {
  await run(prepare);
  const slider = await openSlider();
  for (let turn = 0; turn < 20; turn++) await slider(Math.random());
  const idle = await measure(slider);
  tell(
    `nothing trains:      cell ${idle.cell.medianMs} ms, slider ${idle.slider.framesPerSecond} films/s`,
  );

  const first = await startTraining("first");
  const one = await measure(slider, [first]);
  tell(
    `one training:        cell ${one.cell.medianMs} ms, slider ${one.slider.framesPerSecond} films/s; it has ${one.coresOfTrainings.join()} cores`,
  );

  const second = await startTraining("second");
  const two = await measure(slider, [first, second]);
  const alone = await coresOf([first, second], 8000);
  tell(
    `two trainings:       cell ${two.cell.medianMs} ms, slider ${two.slider.framesPerSecond} films/s; they have ${alone.join(" and ")} cores with nothing else asked`,
  );
  await run("for (const training of trainings) await training.stop();");
  const result = {
    measured: new Date().toISOString().slice(0, 10),
    command: "npm run build && node --import tsx bench/training-while-cells.ts -- --json",
    machine: { cpu: os.cpus()[0]!.model, cores: os.availableParallelism(), node: process.version },
    otherLoad: "the machine is shared; load average over the last minute below",
    loadAverage: Number(os.loadavg()[0]!.toFixed(1)),
    training: `64 px, 8 groups of 3 films a step, one thread per core, niceness ${niceness}`,
    slider:
      "a comm request each, answered with encode, two decodings and 64 x 64 bytes, one in flight",
    nothingTrains: idle,
    oneTraining: one,
    twoTrainings: { ...two, coresWithNothingElseAsked: alone },
  };
  if (isJson) console.log(JSON.stringify(result, null, 2));
} finally {
  await client.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
}

async function run(code: string): Promise<void> {
  const { reply, outputs } = await client.execute(code, { timeoutMs: 300_000 });
  if (reply?.content["status"] !== "ok") {
    throw new Error(JSON.stringify(reply?.content ?? outputs, null, 2));
  }
}

/** Starts a training in a cell; resolves with its process when it has done a few steps. */
async function startTraining(name: string): Promise<number> {
  await run(`trainings.push(trainer("${name}").start());`);
  await run(
    `while (trainings.at(-1).status.step < 3) { await new Promise((done) => setTimeout(done, 100)); }`,
  );
  return Number((await readFile(path.join(folder, name, "control/lock"), "utf8")).split(" ")[0]);
}

/** The other end of the comm: sends a value, resolves when the film is here. */
async function openSlider(): Promise<(value: number) => Promise<void>> {
  const commId = randomUUID();
  let arrived: () => void = () => undefined;
  client.onMessage = ({ type, content }) => {
    if (type === "comm_msg" && content["comm_id"] === commId) arrived();
  };
  const open = { comm_id: commId, target_name: "bench.slider", data: {} };
  client.send("shell", "comm_open", open, randomUUID());
  await sleep(200);
  return (value) =>
    new Promise((resolve) => {
      arrived = resolve;
      client.send("shell", "comm_msg", { comm_id: commId, data: { value } }, randomUUID());
    });
}

async function measure(
  slider: (value: number) => Promise<void>,
  trainings: readonly number[] = [],
): Promise<{
  readonly cell: { readonly medianMs: number; readonly p95Ms: number };
  readonly slider: {
    readonly framesPerSecond: number;
    readonly medianMs: number;
    readonly p95Ms: number;
  };
  /** While cells ran and the slider moved. */
  readonly coresOfTrainings: readonly number[];
}> {
  const before = trainings.map(cpuSeconds);
  const start = performance.now();
  const cells: number[] = [];
  for (let at = 0; at < CELLS; at++) {
    const { ms } = await client.execute(`${at} + 1`);
    cells.push(ms);
    await sleep(20);
  }
  const frames: number[] = [];
  const sliderStart = performance.now();
  while (performance.now() - sliderStart < SLIDER_MS) {
    const asked = performance.now();
    await slider(Math.random());
    frames.push(performance.now() - asked);
  }
  const framesPerSecond = (frames.length * 1000) / (performance.now() - sliderStart);
  const seconds = (performance.now() - start) / 1000;
  return {
    cell: quantiles(cells),
    slider: { framesPerSecond: round(framesPerSecond), ...quantiles(frames) },
    coresOfTrainings: trainings.map((pid, at) => round((cpuSeconds(pid) - before[at]!) / seconds)),
  };
}

async function coresOf(trainings: readonly number[], durationMs: number): Promise<number[]> {
  const before = trainings.map(cpuSeconds);
  const start = performance.now();
  await sleep(durationMs);
  const seconds = (performance.now() - start) / 1000;
  return trainings.map((pid, at) => round((cpuSeconds(pid) - before[at]!) / seconds));
}

/** Processor time of a process so far (Linux). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantiles(values: readonly number[]): {
  readonly medianMs: number;
  readonly p95Ms: number;
} {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(share * (sorted.length - 1))]!);
  return { medianMs: at(0.5), p95Ms: at(0.95) };
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
