// Entry of a training process: trains one run on, as its folder says, until done or told to stop.
import { writeFileSync } from "node:fs";
import os from "node:os";
import { createRuntime } from "../engine/index.ts";
import {
  InputError,
  openRunFolder,
  openTrainingDesk,
  readTrainingOrder,
  type RunFolder,
  type TrainingDesk,
  type TrainingOrder,
} from "../io/index.ts";
import {
  choicesOf,
  conductDiffusion,
  conductTraining,
  DivergenceError,
  openRunDataset,
  startingStatus,
} from "../pipelines/index.ts";

const PARENT_LOOK_MS = 500;

const run = await openRunFolder(process.argv[2]!);
const order = await readTrainingOrder(run.path);
// Before any thread is started that computes: threads take the priority of the one that starts them.
yieldToOthers(order.niceness);
const desk = await openTrainingDesk(run.path, startingStatus(run.description, "opening the films"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    desk.ask({ kind: "stop" });
  });
}
const parent = process.ppid;
const watch = setInterval(() => {
  if (order.endsWithKernel && process.ppid !== parent) desk.ask({ kind: "stop" });
}, PARENT_LOOK_MS);
try {
  const { step, isDone } = await train(run, order, desk);
  await desk.close({
    phase: isDone ? "finished" : "stopped",
    message: isDone ? "" : `Stopped after step ${step}; it goes on from there when started again.`,
  });
} catch (error) {
  // The user sees the message; the log keeps the place of what no user can mend.
  const isKnown = error instanceof InputError || error instanceof DivergenceError;
  if (!isKnown) console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  await desk.close(
    desk.signal.aborted && !isKnown
      ? { phase: "stopped", message: "Stopped before the first step." }
      : { phase: "failed", message },
  );
} finally {
  clearInterval(watch);
}
// A thread of native code must not keep a finished training from ending.
process.exit();

async function train(
  { path: out, description }: RunFolder,
  { device, tfjsPackage, numThreads, checkpointEverySteps, cacheDir, diffusion }: TrainingOrder,
  desk: TrainingDesk,
): Promise<{ readonly step: number; readonly isDone: boolean }> {
  const { signal, tell } = desk;
  const data = await openRunDataset(run, {
    signal,
    onDecoded: (done, total) => {
      tell({ message: `decoded ${done} of ${total} films` });
    },
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  const runtime = await createRuntime({
    device,
    ...(tfjsPackage === undefined ? {} : { tfjsPackage }),
    ...(numThreads === undefined ? {} : { numThreads }),
  });
  tell({ message: `compiling for ${runtime.device}, ${runtime.reason}` });
  const options = { data, runtime, out, checkpointEverySteps, ...choicesOf(description) };
  let last = 0;
  for await (const { step } of conductTraining(options, desk)) last = step;
  if (last < description.totalSteps) return { step: last, isDone: false };
  if (diffusion === undefined) return { step: last, isDone: true };
  const { seed } = description;
  const isDone = await conductDiffusion({ data, runtime, out, seed, ...diffusion }, desk);
  return { step: last, isDone };
}

function yieldToOthers(niceness: number): void {
  try {
    os.setPriority(niceness);
    // Linux shares the processor among sessions first, and this process leads a session of its own.
    if (process.platform === "linux") writeFileSync("/proc/self/autogroup", String(niceness));
  } catch {
    // Then it competes on equal terms.
  }
}
