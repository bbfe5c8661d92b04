import * as tf from "@tensorflow/tfjs-core";
import type { Attributes, Inputs, TensorSpec } from "../graph.ts";
import { sizeOf } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { DATA_TYPE } from "../onnx/model-proto.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import { counting } from "./gather.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { attribute, Unsupported } from "./kernel.ts";
import { reshapeLowered } from "./reshape.ts";
import { broadcastTo } from "./shape.ts";
import { cast } from "./unary.ts";

const long = (to: Lowering, indices: Lowered): string =>
  to.op("Cast", [to.inOrder(indices)], { to: DATA_TYPE.int64 });

/** Puts `updates` into `target` at `indices`, which count along its first axes. */
function scatter(
  to: Lowering,
  target: Lowered,
  indices: Lowered,
  updates: Lowered,
  reduction: "none" | "add",
): Lowered {
  const inputs = [to.inOrder(target), long(to, indices), to.inOrder(updates)];
  return to.plain(to.op("ScatterND", inputs, { reduction }), target);
}

function summed(to: Lowering, x: Lowered, axis: number): Lowered {
  const name = to.op("ReduceSum", [to.inOrder(x), to.ints([axis])], { keepdims: 0 });
  return to.plain(name, { shape: x.shape.filter((_, at) => at !== axis), dtype: x.dtype });
}

// How often each of 0 .. size - 1 occurs along the last axis, or the sum of the weights there.
const countValues: Kernel = {
  infer: ({ x, weights }, attributes) => {
    if (attributes["binaryOutput"] === true) {
      throw new Unsupported("binaryOutput is true; compare the counts with tf.greater.");
    }
    const size = attribute<number>(attributes, "size");
    return { shape: [...x!.shape.slice(0, -1), size], dtype: weights!.dtype };
  },
  lower: (to, node) => {
    const [x, weights] = [to.input(node, "x"), to.input(node, "weights")];
    const size = attribute<number>(node.attributes, "size");
    const tall = reshapeLowered(to, x, [...x.shape, 1]);
    const isThere = elementwise(to, "Equal", [tall, counting(to, size)], "bool");
    const { dtype } = weights;
    const isWeighted = sizeOf(weights.shape) > 0;
    const worth = isWeighted
      ? reshapeLowered(to, weights, [...weights.shape, 1])
      : numberOperand(to, 1, dtype);
    const zero = numberOperand(to, 0, dtype);
    const votes = elementwise(to, "Where", [isThere, worth, zero], dtype);
    return summed(to, votes, x.shape.length - 1);
  },
};

// The place of a value in a sorted row: how many elements lie before it.
const searchSorted: Kernel = {
  infer: ({ values }) => {
    requireNoBool(values!);
    return { shape: values!.shape, dtype: "int32" };
  },
  lower: (to, node) => {
    const [row, values] = [to.input(node, "sortedSequence"), to.input(node, "values")];
    const [batch, length] = row.shape as [number, number];
    const wide = reshapeLowered(to, row, [batch, 1, length]);
    const tall = reshapeLowered(to, values, [batch, values.shape[1]!, 1]);
    const before = node.attributes["side"] === "left" ? "Less" : "LessOrEqual";
    const isBefore = elementwise(to, before, [wide, tall], "bool");
    return summed(to, cast(to, isBefore, "int32"), 2);
  },
};

function diagonalShape({ x }: Inputs): TensorSpec {
  return { shape: [...x!.shape, ...x!.shape], dtype: x!.dtype };
}

function requireNoBool({ dtype }: TensorSpec): void {
  if (dtype === "bool") throw new Unsupported("it got bool; cast to int32 or float32 first.");
}

function slices({ params, indices }: Inputs): TensorSpec {
  const depth = indices!.shape.at(-1)!;
  return {
    shape: [...indices!.shape.slice(0, -1), ...params!.shape.slice(depth)],
    dtype: params!.dtype,
  };
}

/** Kernels that address by position, and counts. */
export const indexingKernels: KernelTable = {
  GatherNd: {
    infer: (inputs) => slices(inputs),
    lower: (to, node) => {
      const [params, indices] = [to.input(node, "params"), to.input(node, "indices")];
      const name = to.op("GatherND", [to.inOrder(params), long(to, indices)]);
      return to.plain(name, node.outputs[0]!);
    },
  },
  ScatterNd: {
    infer: ({ updates }, attributes) => {
      requireNoBool(updates!);
      return { shape: attribute(attributes, "shape"), dtype: updates!.dtype };
    },
    lower: (to, node) => {
      const { shape, dtype } = node.outputs[0]!;
      const zeros = broadcastTo(to, numberOperand(to, 0, dtype), shape);
      return scatter(to, zeros, to.input(node, "indices"), to.input(node, "updates"), "add");
    },
  },
  TensorScatterUpdate: {
    infer: ({ tensor }) => {
      requireNoBool(tensor!);
      return { shape: tensor!.shape, dtype: tensor!.dtype };
    },
    lower: (to, node) => {
      const target = to.input(node, "tensor");
      return scatter(to, target, to.input(node, "indices"), to.input(node, "updates"), "none");
    },
  },
  TopK: {
    infer: ({ x }, attributes) => {
      requireNoBool(x!);
      const shape = [...x!.shape.slice(0, -1), attribute<number>(attributes, "k")];
      return [
        { shape, dtype: x!.dtype },
        { shape, dtype: "int32" },
      ];
    },
    lower: (to, node) => {
      const x = to.inOrder(to.input(node, "x"));
      const count = to.ints([attribute<number>(node.attributes, "k")]);
      const names = to.builder.ops("TopK", [x, count], 2, { axis: -1, largest: 1, sorted: 1 });
      const [values, places] = node.outputs;
      const narrow = to.op("Cast", [names[1]!], { to: DATA_TYPE.int32 });
      return [to.plain(names[0]!, values!), to.plain(narrow, places!)];
    },
  },
  Bincount: countValues,
  DenseBincount: countValues,
  SearchSorted: searchSorted,
  Diag: {
    infer: (inputs) => {
      requireNoBool(inputs["x"]!);
      return diagonalShape(inputs);
    },
    lower: (to, node) => {
      const x = to.input(node, "x");
      const size = sizeOf(x.shape);
      const line = counting(to, size);
      const isOn = elementwise(to, "Equal", [reshapeLowered(to, line, [size, 1]), line], "bool");
      const flat = reshapeLowered(to, x, [size]);
      const zero = numberOperand(to, 0, x.dtype);
      const square = elementwise(to, "Where", [isOn, flat, zero], x.dtype);
      return reshapeLowered(to, square, node.outputs[0]!.shape);
    },
  },
};

/** tf.js writes an axis list of its own for each reduction; this is the one of tf.einsum. */
export function einsumShape(inputs: Inputs, attributes: Attributes): number[] {
  const { terms, output } = einsumTerms(attributes);
  const sizes = new Map<string, number>();
  for (const [index, { shape }] of Object.values(inputs).entries()) {
    for (const [axis, letter] of Array.from(terms[index]!).entries())
      sizes.set(letter, shape[axis]!);
  }
  return Array.from(output).map((letter) => sizes.get(letter)!);
}

/** The letters of each operand and of the result. */
export function einsumTerms(attributes: Attributes): { terms: string[]; output: string } {
  const equation = attribute<string>(attributes, "equation").replaceAll(" ", "");
  const [left = "", output] = equation.split("->");
  if (output === undefined) throw new Unsupported("its equation has no result; write it after ->.");
  if (equation.includes("..."))
    throw new Unsupported("its equation has an ellipsis; name the axes.");
  return { terms: left.split(","), output };
}

/** tf.einsum, checked by tf.js's own rules. */
export const einsumKernels: KernelTable = {
  Einsum: {
    infer: (inputs, attributes) => {
      const list = Object.values(inputs);
      if (list.some(({ dtype }) => dtype !== "float32")) {
        throw new Unsupported("it takes float32; cast first.");
      }
      const shape = einsumShape(inputs, attributes);
      tf.backend_util.decodeEinsumEquation(attribute(attributes, "equation"), list.length);
      return { shape, dtype: "float32" };
    },
    lower: (to, node) => {
      const names = Object.values(node.inputs).map((value) => to.inOrder(to.get(value)));
      const { terms, output } = einsumTerms(node.attributes);
      const equation = `${terms.join(",")}->${output}`;
      return to.plain(to.op("Einsum", names, { equation }), node.outputs[0]!);
    },
  },
};
