import type { Graph, Value } from "./graph.ts";
import { identityPerm } from "./onnx/layout.ts";
import type { Port } from "./onnx/lower-graph.ts";
import type { FlatNode, FlatValue, GraphWork } from "./runtimes/messages.ts";

/** A graph for tf.js itself: its kernels in order, and the names under which tensors go in and out. */
export interface FlatProgram {
  readonly work: GraphWork;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly states: readonly {
    readonly id: number;
    readonly perm: readonly number[];
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
}

/** Says a graph as a list that can cross to another thread; variables lie there as tf.js has them. */
export function flattenGraph(graph: Graph): FlatProgram {
  const places = new Map(graph.nodes.map((node, place) => [node, place]));
  const flat = ({ node, index }: Value): FlatValue => [places.get(node)!, index];
  const nodes = graph.nodes.map(({ op, inputs, attributes, outputs }): FlatNode => {
    const name = portName(op, attributes);
    return {
      op,
      inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, flat(value)])),
      attributes: name === undefined ? attributes : { name },
      outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype })),
    };
  });
  const ports = (prefix: string, values: Readonly<Record<string, Value>>): Port[] =>
    Object.entries(values).map(([name, { shape, dtype }]) => ({
      name: `${prefix}:${name}`,
      shape,
      dtype,
    }));
  const results: Record<string, FlatValue> = {};
  for (const [name, value] of Object.entries(graph.outputs))
    results[`output:${name}`] = flat(value);
  const states = graph.states.map(({ id, before, after }) => {
    if (after !== undefined) results[`next:${id}`] = flat(after);
    return {
      id,
      perm: identityPerm(before.shape.length),
      before: places.has(before.node) ? `state:${id}` : undefined,
      after: after === undefined ? undefined : `next:${id}`,
    };
  });
  return {
    work: { form: "graph", nodes, results },
    inputs: ports("input", graph.inputs),
    outputs: ports("output", graph.outputs),
    states,
  };
}

function portName(op: string, attributes: Readonly<Record<string, unknown>>): string | undefined {
  if (op === "Input") return `input:${attributes["name"] as string}`;
  return op === "State" ? `state:${attributes["id"] as number}` : undefined;
}
