import type { Graph, GraphNode, Value } from "../graph.ts";
import { constantOf, makeConstant, sizeOf, uniformFill } from "../graph.ts";
import { constantFrom } from "../constant.ts";
import { binaryKernels } from "../kernels/binary.ts";
import { unaryKernels } from "../kernels/unary.ts";
import { evaluate } from "./evaluate.ts";
import { rewrite } from "./rewrite.ts";

// A larger result costs more to store in the graph than to compute in the run.
const MAX_FOLDED_SIZE = 1 << 16;

const ELEMENTWISE = new Set([...Object.keys(unaryKernels), ...Object.keys(binaryKernels)]);
// These put out nothing but the elements that came in.
const REARRANGING = new Set(
  "Reshape ExpandDims Transpose Tile Slice StridedSlice Concat Pack GatherV2 Reverse".split(" "),
);

/** Replaces every node whose inputs are all constant by a constant; a uniform one stays a single number. */
export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (node, emit) => {
    const folded = fold(node);
    return (folded === undefined ? emit(node) : emit(folded)).outputs;
  });
}

function fold(node: GraphNode): GraphNode | undefined {
  const output = node.outputs[0]!;
  const inputs = Object.values(node.inputs);
  if (node.op === "ZerosLike") return makeConstant({ fill: 0 }, output);
  if (node.op === "OnesLike") return makeConstant({ fill: 1 }, output);
  if (node.op === "Fill") {
    return makeConstant({ fill: Number(node.attributes["value"]) }, output);
  }
  if (node.outputs.length !== 1 || inputs.length === 0) return undefined;
  if (inputs.some((value) => constantOf(value) === undefined)) return undefined;

  const fills = inputs.map(uniformFill);
  const isUniform = (value: Value) => uniformFill(value) !== undefined;
  if (REARRANGING.has(node.op) && isUniform(inputs[0]!)) {
    const isJoin = node.op === "Concat" || node.op === "Pack";
    if (!isJoin || fills.every((fill) => Object.is(fill, fills[0]))) {
      return makeConstant({ fill: fills[0]! }, output);
    }
  }
  if (ELEMENTWISE.has(node.op) && inputs.every(isUniform)) {
    const value = evaluate(node, () => []);
    return value === undefined ? undefined : makeConstant({ fill: value[0]! }, output);
  }
  if (
    Math.max(...inputs.map(({ shape }) => sizeOf(shape)), sizeOf(output.shape)) > MAX_FOLDED_SIZE
  ) {
    return undefined;
  }
  const values = evaluate(node);
  return values === undefined ? undefined : makeConstant(constantFrom(values, output), output);
}
