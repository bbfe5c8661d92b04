// One training step of a 64x64, batch-16 autoencoder: ours against PyTorch on the CPU, in interleaved rounds.
//   npx tsx bench/train-step.ts [--python PATH] [--threads 1] [--rounds 5] [--steps 2] [--composed] [--explain] [--profile PREFIX]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createRuntime, explain, key, uniform } from "#src/engine/index.ts";
import { makeAutoencoder } from "./autoencoder.ts";

interface Step {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly loss: number;
}

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "2" },
    profile: { type: "string" },
    composed: { type: "boolean", default: false },
    explain: { type: "boolean", default: false },
  },
});
const threads = Number(options.threads);
const steps = Number(options.steps);

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Starts the PyTorch side, or says that there is none. */
async function startTorch(python: string) {
  const child = spawn(python, ["bench/train_step_torch.py", String(threads)], {
    env: {
      ...process.env,
      OMP_NUM_THREADS: String(threads),
      MKL_NUM_THREADS: String(threads),
      OPENBLAS_NUM_THREADS: String(threads),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const started = await Promise.race([lines.next(), once(child, "error")]);
  if (Array.isArray(started) || started.done === true) return undefined;
  const about = JSON.parse(started.value) as { version: string; parameters: number };
  return {
    about,
    run: async (count: number) => {
      child.stdin.write(`${count}\n`);
      const { value } = (await lines.next()) as { value: string };
      return JSON.parse(value) as Step[];
    },
    stop: () => child.stdin.end(),
  };
}

async function findTorch() {
  const candidates =
    options.python === undefined ? [".venv/bin/python", "python3"] : [options.python];
  for (const python of candidates) {
    const torch = await startTorch(python);
    if (torch !== undefined) return torch;
  }
  return undefined;
}

const runtime = await createRuntime({ device: "cpu", numThreads: threads });
const model = makeAutoencoder({ composed: options.composed });
const program = await runtime.compile(({ images }) => ({ loss: model.step(images!) }), {
  inputs: { images: [16, 64, 64, 1] },
  ...(options.profile === undefined ? {} : { profilePrefix: options.profile }),
});
if (options.explain) console.log(explain(program));
const images = uniform(key(1), 16 * 64 * 64);

async function runOurs(count: number): Promise<Step[]> {
  const results: Step[] = [];
  for (let step = 0; step < count; step++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    const { loss } = await program.run({ images });
    const used = process.cpuUsage(cpu);
    results.push({
      wallMs: performance.now() - start,
      cpuMs: (used.user + used.system) / 1000,
      loss: loss!.data[0]!,
    });
  }
  return results;
}

const torch = await findTorch();
await runOurs(2);
await torch?.run(2);
const ours: Step[] = [];
const theirs: Step[] = [];
for (let round = 0; round < Number(options.rounds); round++) {
  ours.push(...(await runOurs(steps)));
  if (torch !== undefined) theirs.push(...(await torch.run(steps)));
}
torch?.stop();

const summary = (list: readonly Step[]) => ({
  wallMs: median(list.map(({ wallMs }) => wallMs)),
  cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
  firstLoss: list[0]?.loss,
  lastLoss: list.at(-1)?.loss,
});
const result = {
  benchmark: "train-step",
  threads,
  parameters: model.variables.reduce((sum, { size }) => sum + size, 0),
  compileMs: program.statistics.compileMs,
  rssMB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  ours: summary(ours),
  torch: torch === undefined ? "not found" : { ...torch.about, ...summary(theirs) },
  ratio:
    torch === undefined
      ? undefined
      : {
          cpu: summary(ours).cpuMs / summary(theirs).cpuMs,
          wall: summary(ours).wallMs / summary(theirs).wallMs,
        },
};
if (result.ratio !== undefined) {
  console.log(
    `ours / PyTorch: ${result.ratio.cpu.toFixed(2)} by CPU time, ${result.ratio.wall.toFixed(2)} by the clock`,
  );
}
console.log(JSON.stringify(result, undefined, 2));
await program.dispose();
await runtime.dispose();
