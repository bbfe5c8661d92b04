// Prints, for a U-Net's training step, the megabytes that must be held at once (every value from its node to its last
// reader) and those by which the process grew in its first runs.
import { readFileSync } from "node:fs";
import { explain, createRuntime } from "#src/engine/index.ts";
import type { Graph, Value } from "#src/engine/graph.ts";
import { sizeOf, uniformFill } from "#src/engine/graph.ts";
import { optimize } from "#src/engine/passes/index.ts";
import { trace } from "#src/engine/trace/trace.ts";
import { tasks } from "../../../../bench/support/tasks.ts";

const BATCH = 8;
// These only say anew how memory is read.
const ALIASES = /^(Identity|Reshape|ExpandDims|Transpose|Broadcast|Constant)$/;

/** The most bytes that are alive at once when each node follows its inputs and frees what nobody reads again. */
function leastPeak({ nodes, outputs, states }: Graph): number {
  const owner = new Map<Value, Value>();
  const lastUse = new Map<Value, number>();
  const bytes = new Map<Value, number>();
  const root = (value: Value) => owner.get(value) ?? value;
  for (const [place, { op, inputs, outputs: made }] of nodes.entries()) {
    for (const value of Object.values(inputs)) lastUse.set(root(value), place);
    for (const value of made) {
      const { x } = inputs;
      if (ALIASES.test(op) && x !== undefined) owner.set(value, root(x));
      else bytes.set(value, uniformFill(value) === undefined ? 4 * sizeOf(value.shape) : 0);
    }
  }
  const ends = [...Object.values(outputs), ...states.flatMap(({ after }) => after ?? [])];
  for (const value of ends) lastUse.set(root(value), nodes.length);
  let live = 0;
  let most = 0;
  const dying = new Map<number, number>();
  for (const [place, { outputs: made }] of nodes.entries()) {
    for (const value of made) {
      const size = bytes.get(value) ?? 0;
      live += size;
      const end = lastUse.get(value) ?? place;
      dying.set(end, (dying.get(end) ?? 0) + size);
    }
    most = Math.max(most, live);
    live -= dying.get(place) ?? 0;
  }
  return most;
}

const task = tasks["unet"]!.make(BATCH);
const runtime = await createRuntime({ device: "cpu", numThreads: 1, graphCache: false });
const program = await runtime.compile(task.fn, { inputs: task.inputs });
const specs = Object.entries(task.inputs).map(([name, shape]) => [
  name,
  { shape, dtype: "float32" as const },
]);
const least = leastPeak(optimize(trace(task.fn, Object.fromEntries(specs) as never).graph));
const before = process.memoryUsage.rss();
for (let run = 0; run < 3; run++) await program.run(task.data);
const grown = peakBytes() - before;
const { bytes } = explain(program);
console.log(
  JSON.stringify({ leastMB: least / 2 ** 20, grownMB: grown / 2 ** 20, passedMB: bytes / 2 ** 20 }),
);
await runtime.dispose();

/** Not `maxRSS` where it can be helped: Linux starts that with the size of the process that started this one. */
function peakBytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
