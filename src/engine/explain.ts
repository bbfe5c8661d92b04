import type { Program } from "./program.ts";
import type { Profile } from "./runtimes/messages.ts";

const SLOWEST = 12;

/** What a program is made of and, with a profile, where its time goes. Prints as text, also in a notebook. */
export interface Explanation {
  /** Node counts by operation: as recorded, after the passes, and in ONNX. */
  readonly nodes: {
    readonly recorded: Readonly<Record<string, number>>;
    readonly live: Readonly<Record<string, number>>;
    readonly onnx: Readonly<Record<string, number>>;
  };
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes that one run reads and writes if every operation goes through memory. */
  readonly bytes: number;
  /** Bytes of the variables that the program reads or writes. */
  readonly stateBytes: number;
  readonly compileMs: Readonly<Record<string, number>>;
  readonly profile: Profile | undefined;
  toString(): string;
}

/**
 * Explains a compiled program.
 *
 * @param profile From `program.profile(inputs)`; without it there are no times.
 */
export function explain(program: Program, profile?: Profile): Explanation {
  const { recorded, live, onnx, compileMs, flops, bytes, stateBytes } = program.statistics;
  const facts = { nodes: { recorded, live, onnx }, flops, bytes, stateBytes, compileMs, profile };
  const print = () => explanationText(facts);
  return Object.defineProperties(
    { ...facts, toString: print },
    {
      [Symbol.for("nodejs.util.inspect.custom")]: { value: print, enumerable: false },
      [Symbol.for("Jupyter.display")]: {
        value: () => ({ "text/plain": print() }),
        enumerable: false,
      },
    },
  );
}

function explanationText(facts: Omit<Explanation, "toString">): string {
  const { nodes, flops, bytes, stateBytes, compileMs, profile } = facts;
  const stage = (name: string, counts: Readonly<Record<string, number>>) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const ops = Object.entries(counts).map(([op, count]) => `${op} ${count}`);
    return `${name}: ${total} nodes (${ops.join(", ")})`;
  };
  const time = Object.entries(compileMs).map(([part, ms]) => `${part} ${ms.toFixed(0)} ms`);
  const lines = [
    stage("recorded", nodes.recorded),
    stage("live", nodes.live),
    // None where tf.js runs its own kernels.
    ...(Object.keys(nodes.onnx).length > 0 ? [stage("onnx", nodes.onnx)] : []),
    `a run: ${(flops / 1e9).toPrecision(3)} GFLOP, ${(bytes / 1e6).toPrecision(3)} MB read and written, ` +
      `${(stateBytes / 1e6).toPrecision(3)} MB of variables`,
    `compiled in ${time.join(", ")}`,
  ];
  if (profile === undefined) return lines.join("\n");
  const { runMs, nodes: timed } = profile;
  const percent = (ms: number) => `${((100 * ms) / runMs).toFixed(1)} %`.padStart(7);
  const byKernel = new Map<string, number>();
  for (const { kernel, ms } of timed) byKernel.set(kernel, (byKernel.get(kernel) ?? 0) + ms);
  const kernels = [...byKernel].sort((a, b) => b[1] - a[1]).slice(0, SLOWEST);
  return [
    ...lines,
    `a profiled run: ${runMs.toFixed(2)} ms; by tf.js kernel:`,
    ...kernels.map(([kernel, ms]) => `${percent(ms)} ${ms.toFixed(2).padStart(9)} ms  ${kernel}`),
    "slowest nodes:",
    ...timed
      .slice(0, SLOWEST)
      .map(
        ({ name, ms, shape }) =>
          `${percent(ms)} ${ms.toFixed(2).padStart(9)} ms  ${name} [${shape.join(", ")}]`,
      ),
  ].join("\n");
}
