// One side of bench/train-step.ts in a process of its own:  train-step-worker.ts TASK ENGINE THREADS BATCH [GRAPH_CACHE]
// Says what it is in one JSON line, then answers "N" on stdin (run N times) with one JSON line of times.
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";
import { tasks } from "./tasks.ts";
import { registerWasmFilterGradient } from "./wasm-filter-gradient.ts";

const [name, engine, threads, batch, graphCache = false] = process.argv.slice(2);
const { make } = tasks[name!]!;

async function prepare() {
  if (engine === "compiled" || engine === "tensorflow") {
    const task = make(Number(batch));
    const tfjsPackage = process.env["COUNTERLAB_TFJS_PACKAGE"];
    const runtime = await createRuntime({
      device: engine === "compiled" ? "cpu" : engine,
      ...(tfjsPackage === undefined ? {} : { tfjsPackage }),
      numThreads: Number(threads),
      graphCache,
    });
    const program = await runtime.compile(task.fn, { inputs: task.inputs });
    const { compileMs, fromCache } = program.statistics;
    return {
      about: {
        parameters: task.parameters,
        compileMs,
        fromCache,
        gflop: program.statistics.flops / 1e9,
      },
      run: async () => (await program.run(task.data))["loss"]?.data[0],
      end: async () => {
        await program.dispose();
        await runtime.dispose();
      },
    };
  }
  if (engine === "wasm") {
    await import("@tensorflow/tfjs-backend-wasm");
    registerWasmFilterGradient();
  }
  await tf.setBackend(engine!);
  const task = make(Number(batch));
  const inputs = Object.fromEntries(
    Object.entries(task.data).map(([input, data]) => [
      input,
      tf.tensor(data, [...task.inputs[input]!]),
    ]),
  );
  return {
    about: { parameters: task.parameters },
    run: () => Promise.resolve(tf.tidy(() => Object.values(task.fn(inputs))[0]!.dataSync()[0])),
    end: () => Promise.resolve(),
  };
}

const { about, run, end } = await prepare();
console.log(JSON.stringify(about));
for await (const line of createInterface({ input: process.stdin })) {
  const rounds = [];
  for (let count = 0; count < Number(line); count++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    const value = await run();
    const { user, system } = process.cpuUsage(cpu);
    rounds.push({ wallMs: performance.now() - start, cpuMs: (user + system) / 1000, value });
  }
  const peakMB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ rounds, peakMB }));
}
await end();
