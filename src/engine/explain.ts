import type { Program } from "./program.ts";

/** Node counts from trace to ONNX, one line a stage, the most frequent operations first. */
export function explain(program: Program): string {
  const { recorded, live, onnx, compileMs } = program.statistics;
  const stage = (name: string, counts: Readonly<Record<string, number>>) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const ops = Object.entries(counts).map(([op, count]) => `${op} ${count}`);
    return `${name}: ${total} nodes (${ops.join(", ")})`;
  };
  const time = Object.entries(compileMs).map(([part, ms]) => `${part} ${ms.toFixed(0)} ms`);
  return [
    stage("recorded", recorded),
    stage("live", live),
    stage("onnx", onnx),
    `compiled in ${time.join(", ")}`,
  ].join("\n");
}
