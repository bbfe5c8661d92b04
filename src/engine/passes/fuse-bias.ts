import type { Graph, GraphNode, Value } from "../graph.ts";
import { makeNode, sizeOf } from "../graph.ts";
import { rewrite } from "./rewrite.ts";

/** Gives a convolution the bias that is added to it and to nothing else: one pass over its result less. */
export function fuseBias(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (node, emit, original) => {
    const places = biasedConvolution(original, uses);
    if (places === undefined) return emit(node).outputs;
    const convolution = node.inputs[places.convolution]!.node;
    const bias = node.inputs[places.bias]!;
    const inputs = { ...convolution.inputs, bias };
    return emit(makeNode("Conv2D", inputs, convolution.attributes, node.outputs)).outputs;
  });
}

function biasedConvolution(
  { op, inputs, outputs }: GraphNode,
  uses: ReadonlyMap<Value, number>,
): { convolution: "a" | "b"; bias: "a" | "b" } | undefined {
  if (op !== "Add") return undefined;
  for (const [convolution, bias] of [
    ["a", "b"],
    ["b", "a"],
  ] as const) {
    const { node, shape } = inputs[convolution]!;
    const channels = outputs[0]!.shape.at(-1);
    const vector = inputs[bias]!;
    if (node.op !== "Conv2D" || node.inputs["bias"] !== undefined) continue;
    if (uses.get(inputs[convolution]!) !== 1 || shape.join() !== outputs[0]!.shape.join()) continue;
    if (vector.shape.at(-1) !== channels || sizeOf(vector.shape) !== channels) continue;
    return { convolution, bias };
  }
  return undefined;
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { inputs } of graph.nodes) Object.values(inputs).forEach(count);
  Object.values(graph.outputs).forEach(count);
  for (const { after } of graph.states) if (after !== undefined) count(after);
  return uses;
}
