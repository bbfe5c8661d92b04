import { bytesOf, flopsOf } from "./flops.ts";
import type { FormedProgram } from "./form-program.ts";
import { formProgram } from "./form-program.ts";
import type { Graph, TensorSpec } from "./graph.ts";
import { countByOp, sizeOf } from "./graph.ts";
import type { ComputeDevice } from "./runtimes/messages.ts";

/** All that is kept of a graph once it has been through the passes and is in its device's form. */
export interface CompiledGraph {
  readonly formed: FormedProgram;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Nodes by operation, and what a run costs: see `ProgramStatistics`. */
  readonly live: Readonly<Record<string, number>>;
  readonly onnx: Readonly<Record<string, number>>;
  readonly flops: number;
  readonly bytes: number;
  readonly stateBytes: number;
}

/** How a device takes its graphs. */
export interface FormOptions {
  readonly device: ComputeDevice;
  readonly numThreads: number;
  readonly cacheDir: string | undefined;
}

/** Brings a graph that the passes are done with into the form of its device. `permOf`: the memory order of a variable. */
export function compileGraph(
  graph: Graph,
  permOf: (id: number) => readonly number[],
  options: FormOptions,
): CompiledGraph {
  const formed = formProgram(graph, permOf, options);
  return {
    formed,
    outputs: Object.fromEntries(
      Object.entries(graph.outputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
    ),
    live: countByOp(graph),
    onnx: countTypes(formed.nodeTypes),
    flops: graph.nodes.reduce((sum, node) => sum + flopsOf(node), 0),
    bytes: graph.nodes.reduce((sum, node) => sum + bytesOf(node), 0),
    stateBytes: graph.states.reduce((sum, { before }) => sum + 4 * sizeOf(before.shape), 0),
  };
}

/** The bytes of a compiled graph that ONNX Runtime runs as it is; undefined for others. */
export function encodeCompiled(compiled: CompiledGraph): Uint8Array | undefined {
  const { work, ...ports } = compiled.formed;
  if (work.form !== "onnx" || work.isOptimized) return undefined;
  const shapes = [...work.shapes];
  const text = JSON.stringify({ ...compiled, formed: { ...ports, shapes } });
  const header = new TextEncoder().encode(text);
  const bytes = new Uint8Array(4 + header.length + work.model.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(work.model, 4 + header.length);
  return bytes;
}

/** What `encodeCompiled` has written. */
export function decodeCompiled(bytes: Uint8Array, options: FormOptions): CompiledGraph {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  const { formed, ...rest } = JSON.parse(header) as Omit<CompiledGraph, "formed"> & {
    formed: Omit<FormedProgram, "work"> & { shapes: [string, number[]][] };
  };
  const { shapes, ...ports } = formed;
  const { device, numThreads } = options;
  if (device === "tensorflow") throw new Error("Graphs for TensorFlow are not kept.");
  const work = {
    form: "onnx",
    // A copy of its own: the file's buffer goes no further.
    model: bytes.slice(4 + length),
    ...{ device, numThreads, shapes: new Map(shapes) },
    ...{ isOptimized: false, cacheDir: undefined },
  } as const;
  return { ...rest, formed: { ...ports, work } };
}

function countTypes(types: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}
