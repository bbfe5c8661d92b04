import type { FlatProgram } from "./flatten-graph.ts";
import { flattenGraph } from "./flatten-graph.ts";
import type { Graph } from "./graph.ts";
import { lowerGraph } from "./onnx/lower-graph.ts";
import type { ComputeDevice, GraphWork, OnnxWork } from "./runtimes/messages.ts";

// ONNX Runtime's own optimization takes 0.1 ms a node, two thirds of a training step's start, and finds nothing in graphs
// that our passes have been over, except where weights are fixed: those it lays out anew.
const MANY_NODES = 1000;

/** A program in the form that its device runs, and the names of what goes in and out. */
export interface FormedProgram extends Omit<FlatProgram, "work"> {
  readonly work: OnnxWork | GraphWork;
  /** Of its ONNX nodes; none where tf.js runs it. */
  readonly nodeTypes: readonly string[];
}

/** Says a graph in ONNX, or for tf.js where TensorFlow computes. */
export function formProgram(
  graph: Graph,
  permOf: (id: number) => readonly number[],
  {
    device,
    numThreads,
    cacheDir,
  }: {
    readonly device: ComputeDevice;
    readonly numThreads: number;
    readonly cacheDir: string | undefined;
  },
): FormedProgram {
  if (device === "tensorflow") return { ...flattenGraph(graph), nodeTypes: [] };
  const lowered = lowerGraph(graph, permOf, { hidesLargeShapes: device === "cpu" });
  const { model, shapes, inputs, outputs, states, nodeTypes, hasFixedWeights } = lowered;
  const isOptimized = device !== "cpu" || hasFixedWeights || nodeTypes.length < MANY_NODES;
  const work: OnnxWork = {
    ...{ form: "onnx", model, device, numThreads, shapes },
    ...{ isOptimized, cacheDir: isOptimized ? cacheDir : undefined },
  };
  return { work, inputs, outputs, states, nodeTypes };
}
