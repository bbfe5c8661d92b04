import * as tf from "@tensorflow/tfjs-core";
import type { GraphNode, Inputs, TensorSpec } from "../graph.ts";
import { sizeOf } from "../graph.ts";
import type { Attributes } from "../graph.ts";
import { DATA_TYPE } from "../onnx/model-proto.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { onFloats, Unsupported } from "./kernel.ts";
import { cast } from "./unary.ts";

function axesOf({ x }: Inputs, attributes: Attributes): number[] {
  const axis = attributes["axis"] ?? attributes["reductionIndices"];
  return tf.util.parseAxisParam(axis as number | number[], [...x!.shape]);
}

function reducedSpec(inputs: Inputs, attributes: Attributes): TensorSpec {
  const { shape, dtype } = inputs["x"]!;
  const axes = axesOf(inputs, attributes);
  const keepDims = attributes["keepDims"] === true;
  const reduced = keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
  return { shape: reduced, dtype };
}

/** Reduces in memory order. Virtual axes need no loop: `repeated` is how often each element would have been met. */
function reduce(
  to: Lowering,
  opType: string,
  node: GraphNode,
  x: Lowered,
  afterwards: (reduced: Lowered, repeated: number) => Lowered = (reduced) => reduced,
): Lowered {
  const axes = axesOf(node.inputs, node.attributes);
  const { shape } = node.outputs[0]!;
  const keepDims = node.attributes["keepDims"] === true;
  const places = axes.map((axis) => x.perm.indexOf(axis));
  const real = places.filter((at) => x.dims[at] !== 1).sort((a, b) => a - b);
  const repeated = sizeOf(places.map((at) => (x.dims[at] === 1 ? x.shape[x.perm[at]!]! : 1)));

  let name = x.name;
  const isDropped = (at: number) => !keepDims && places.includes(at);
  const dims = x.dims
    .map((dim, at) => (places.includes(at) ? 1 : dim))
    .filter((_, at) => !isDropped(at));
  const leavesOne = sizeOf(dims) === 1;
  if (real.length > 0 && leavesOne) {
    // ONNX Runtime takes 16 times as long where an axis of length one stays behind the reduced ones.
    name = to.op(opType, [name], { keepdims: 0 });
    name = to.reshape(name, dims, []);
  } else if (real.length > 0) {
    const dropsAll = !keepDims && real.length === axes.length;
    const attributes = { keepdims: dropsAll ? 0 : 1 };
    // ArgMax-like kernels do their own; here axes are an input, as opset 18 wants.
    name = to.op(opType, [name, to.ints(real)], attributes);
    if (!dropsAll && !keepDims) name = to.reshape(name, dims);
  } else {
    name = to.reshape(name, dims, x.dims);
  }
  const keptAxes = x.perm.filter((_, at) => !isDropped(at));
  const sorted = [...keptAxes].sort((a, b) => a - b);
  const perm = keptAxes.map((axis) => sorted.indexOf(axis));
  return afterwards({ name, shape, dtype: x.dtype, perm, dims }, repeated);
}

function reduction(opType: string, timesRepeated = false): Kernel {
  return {
    infer: (inputs, attributes) => {
      if (inputs["x"]!.dtype === "bool") {
        throw new Unsupported("it got bool; cast to int32 or float32 first.");
      }
      return reducedSpec(inputs, attributes);
    },
    lower: (to, node) =>
      reduce(to, opType, node, to.input(node, "x"), (reduced, repeated) =>
        timesRepeated && repeated !== 1
          ? elementwise(to, "Mul", [reduced, numberOperand(to, repeated, reduced.dtype)])
          : reduced,
      ),
  };
}

function ofTruth(opType: string): Kernel {
  return {
    infer: reducedSpec,
    lower: (to, node) =>
      cast(to, reduce(to, opType, node, cast(to, to.input(node, "x"), "int32")), "bool"),
  };
}

function position(opType: string): Kernel {
  return {
    infer: ({ x }, attributes) => {
      const axes = axesOf({ x: x! }, attributes);
      if (axes.length !== 1) throw new Unsupported("it takes one axis.");
      if (x!.dtype === "bool")
        throw new Unsupported("it got bool; cast to int32 or float32 first.");
      return { shape: x!.shape.filter((_, axis) => axis !== axes[0]), dtype: "int32" };
    },
    lower: (to, node) => {
      const x = to.full(to.input(node, "x"));
      const axis = axesOf(node.inputs, node.attributes)[0]!;
      const name = to.op(opType, [x.name], { axis: x.perm.indexOf(axis), keepdims: 0 });
      const kept = x.perm.filter((other) => other !== axis);
      const perm = kept.map((other) => (other > axis ? other - 1 : other));
      const narrow = to.op("Cast", [name], { to: DATA_TYPE.int32 });
      return to.ordered(narrow, node.outputs[0]!, perm);
    },
  };
}

const softmax: Kernel = onFloats({
  infer: ({ logits }) => ({ shape: logits!.shape, dtype: "float32" }),
  lower: (to, node) => {
    const x = to.full(to.input(node, "logits"));
    const axis = x.perm.indexOf(x.shape.length - 1);
    return { ...x, name: to.op("Softmax", [x.name], { axis }) };
  },
});

/** Kernels that reduce axes, and the softmaxes. */
export const reductionKernels: KernelTable = {
  Sum: reduction("ReduceSum", true),
  Mean: {
    infer: (inputs, attributes) => ({ ...reducedSpec(inputs, attributes), dtype: "float32" }),
    lower: (to, node) => reduce(to, "ReduceMean", node, cast(to, to.input(node, "x"), "float32")),
  },
  Max: reduction("ReduceMax"),
  Min: reduction("ReduceMin"),
  Prod: {
    infer: reduction("ReduceProd").infer,
    lower: (to, node) => reduce(to, "ReduceProd", node, to.full(to.input(node, "x"))),
  },
  Any: ofTruth("ReduceMax"),
  All: ofTruth("ReduceMin"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Softmax: softmax,
};
