import type { Graph, GraphNode, TensorSpec, Value } from "../graph.ts";
import { makeNode, uniformFill } from "../graph.ts";
import type { Emit } from "./rewrite.ts";
import { rewrite } from "./rewrite.ts";

/**
 * Drops what changes nothing: identities, casts and reshapes to what is already there, x + 0, x * 1, x / 1, x^1.
 * tf.js multiplies the gradients of sums by full-size ones: what remains of that is a Broadcast, which costs nothing.
 */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node, emit) => {
    const output = node.outputs[0]!;
    const same = sameValue(node);
    if (same !== undefined) return [broadcast(same, output, emit)];
    const { x } = node.inputs;
    if (node.op === "Reshape" && x!.node.op === "Reshape") {
      return emit(
        makeNode("Reshape", { x: x!.node.inputs["x"]! }, { shape: output.shape }, [output]),
      ).outputs;
    }
    if (node.op === "Pow") {
      const exponent = uniformFill(node.inputs["b"]!);
      const kernel = exponent === 2 ? "Square" : exponent === 0.5 ? "Sqrt" : undefined;
      const base = node.inputs["a"]!;
      if (kernel !== undefined && sameShape(base, output)) {
        return emit(makeNode(kernel, { x: base }, {}, [output])).outputs;
      }
    }
    return emit(node).outputs;
  });
}

/** The input that a node only repeats, if it does. */
function sameValue({ op, inputs, outputs }: GraphNode): Value | undefined {
  const { x, a, b } = inputs;
  const output = outputs[0]!;
  switch (op) {
    case "Identity":
      return x;
    case "Cast":
      return x!.dtype === output.dtype ? x : undefined;
    case "Reshape":
    case "Tile":
      return sameShape(x!, output) ? x : undefined;
    case "Add":
      return uniformFill(b!) === 0 ? a : uniformFill(a!) === 0 ? b : undefined;
    case "Multiply":
      return uniformFill(b!) === 1 ? a : uniformFill(a!) === 1 ? b : undefined;
    case "Sub":
      return uniformFill(b!) === 0 ? a : undefined;
    case "RealDiv":
    case "Pow":
      return uniformFill(b!) === 1 ? a : undefined;
    default:
      return undefined;
  }
}

function broadcast(value: Value, spec: TensorSpec, emit: Emit): Value {
  if (sameShape(value, spec)) return value;
  return emit(makeNode("Broadcast", { x: value }, {}, [spec])).outputs[0]!;
}

function sameShape(a: TensorSpec, b: TensorSpec): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dim, axis) => dim === b.shape[axis]);
}
