import * as tf from "@tensorflow/tfjs-core";
import type { Attributes, GraphNode, Inputs, TensorSpec, Value } from "../graph.ts";
import { inversePerm } from "../onnx/layout.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { leadingPerm, numberOperand } from "./broadcast.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { attribute, Unsupported } from "./kernel.ts";
import { reshapeLowered } from "./reshape.ts";
import { stridedSliceInfo } from "../strided-slice-info.ts";

const listed = (inputs: Inputs): Value[] => Object.values(inputs);

function concatAxis(inputs: Inputs, attributes: Attributes): number {
  const { shape } = listed(inputs)[0]!;
  return tf.util.parseAxisParam(attribute<number>(attributes, "axis"), [...shape])[0]!;
}

/** Joins values of one rank along a logical axis, in the memory order of the largest. */
export function concat(to: Lowering, values: readonly Lowered[], axis: number): Lowered {
  const { shape, dtype } = values[0]!;
  const perm = leadingPerm(values, shape.length);
  const names = values.map((value) => to.inOrder(value, perm));
  const length = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  const joined = shape.map((dim, at) => (at === axis ? length : dim));
  const name =
    names.length === 1 ? names[0]! : to.op("Concat", names, { axis: perm.indexOf(axis) });
  return to.ordered(name, { shape: joined, dtype }, perm);
}

/** The part of `x` from `begin`, of `shape`, taking every `steps`-th element. Steps may be negative. */
export function slice(
  to: Lowering,
  x: Lowered,
  begin: readonly number[],
  shape: readonly number[],
  steps: readonly number[] = shape.map(() => 1),
): Lowered {
  const cut = x.perm.flatMap((axis, at) =>
    x.dims[at] === 1 || (shape[axis] === x.shape[axis] && steps[axis] === 1) ? [] : [at],
  );
  const dims = x.perm.map((axis, at) => (x.dims[at] === 1 ? 1 : shape[axis]!));
  if (cut.length === 0) return { ...x, shape, dims };
  const axes = cut.map((at) => x.perm[at]!);
  const starts = axes.map((axis) => begin[axis]!);
  const ends = axes.map((axis) => {
    const end = begin[axis]! + steps[axis]! * shape[axis]!;
    // Walking down past element 0: any number below -size says so.
    return end < 0 ? -(2 ** 31) : end;
  });
  const name = to.op("Slice", [
    x.name,
    to.ints(starts),
    to.ints(ends),
    to.ints(cut),
    to.ints(axes.map((axis) => steps[axis]!)),
  ]);
  return { ...x, name, shape, dims };
}

function splitSizes({ x }: Inputs, attributes: Attributes): { axis: number; sizes: number[] } {
  const axis = tf.util.parseAxisParam(attribute<number>(attributes, "axis"), [...x!.shape])[0]!;
  const parts = attribute<number | number[]>(attributes, "numOrSizeSplits");
  return { axis, sizes: tf.backend_util.prepareSplitSize(x as never, parts, axis) };
}

function sliceBounds({ x }: Inputs, attributes: Attributes): { begin: number[]; size: number[] } {
  const bound = (name: string) => attribute<number | number[]>(attributes, name);
  const [begin, size] = tf.slice_util.parseSliceParams(x as never, bound("begin"), bound("size"));
  return { begin: begin!, size: size! };
}

function paddedShape({ x }: Inputs, attributes: Attributes): number[] {
  const paddings = attribute<[number, number][]>(attributes, "paddings");
  return paddings.map(([before, after], axis) => before + x!.shape[axis]! + after);
}

function pad(to: Lowering, node: GraphNode, mode: string, fill: number | undefined): Lowered {
  const paddings = attribute<[number, number][]>(node.attributes, "paddings");
  return padLowered(to, to.input(node, "x"), paddings, mode, fill);
}

/** Adds `paddings` elements before and after along each axis. */
export function padLowered(
  to: Lowering,
  value: Lowered,
  paddings: readonly (readonly [number, number])[],
  mode: string,
  fill: number | undefined,
): Lowered {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return value;
  const x = to.full(value);
  const pads = [0, 1].flatMap((side) => x.perm.map((axis) => paddings[axis]![side]!));
  const inputs = [x.name, to.ints(pads)];
  if (fill !== undefined) inputs.push(numberOperand(to, fill, x.dtype).name);
  const shape = x.shape.map((dim, axis) => paddings[axis]![0] + dim + paddings[axis]![1]);
  return to.ordered(to.op("Pad", inputs, { mode }), { shape, dtype: x.dtype }, x.perm);
}

function tile(to: Lowering, x: Lowered, reps: readonly number[]): Lowered {
  const shape = x.shape.map((dim, axis) => dim * reps[axis]!);
  // Repeating a single element is a broadcast and costs nothing.
  const isVirtual = (at: number) => x.dims[at] === 1;
  const repeats = x.perm.map((axis, at) => (isVirtual(at) ? 1 : reps[axis]!));
  const dims = x.dims.map((dim, at) => dim * repeats[at]!);
  if (repeats.every((repeat) => repeat === 1)) return { ...x, shape, dims };
  return { ...x, name: to.op("Tile", [x.name, to.ints(repeats)]), shape, dims };
}

/** Repeats along axes of length one, and along new leading axes, without touching memory. */
export function broadcastTo(to: Lowering, x: Lowered, shape: readonly number[]): Lowered {
  const wide = to.align(x, shape.length, wideOrder(x, shape.length));
  // A scalar aligns as it is; on its own it needs all its axes.
  const name = wide.name === x.name ? to.reshape(x.name, wide.dims, x.dims) : wide.name;
  return { ...wide, name, shape };
}

/** Renames the axes: axis j of the result is axis order[j] of `x`. Nothing moves. */
export function transposeLowered(x: Lowered, order: readonly number[]): Lowered {
  const place = inversePerm(order);
  return {
    ...x,
    shape: order.map((axis) => x.shape[axis]!),
    perm: x.perm.map((axis) => place[axis]!),
  };
}

function wideOrder(x: Lowered, rank: number): number[] {
  const missing = rank - x.shape.length;
  return Array.from({ length: rank }, (_, at) =>
    at < missing ? at : x.perm[at - missing]! + missing,
  );
}

function filledLike(value: number): Kernel {
  return {
    infer: ({ x }) => ({ shape: x!.shape, dtype: x!.dtype }),
    lower: (to, node) => {
      const { shape, dtype } = node.outputs[0]!;
      return broadcastTo(to, numberOperand(to, value, dtype), shape);
    },
  };
}

const reshaping: Kernel = {
  infer: ({ x }, attributes) => ({
    shape: tf.util.inferFromImplicitShape(
      attribute<number[]>(attributes, "shape"),
      tf.util.sizeFromShape([...x!.shape]),
    ),
    dtype: x!.dtype,
  }),
  lower: (to, node) => reshapeLowered(to, to.input(node, "x"), node.outputs[0]!.shape),
};

/** Kernels that move, join, cut and repeat. */
export const shapeKernels: KernelTable = {
  Reshape: reshaping,
  ExpandDims: {
    infer: ({ input }, attributes) => {
      const shape = [...input!.shape];
      const dim = attribute<number>(attributes, "dim");
      shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
      return { shape, dtype: input!.dtype };
    },
    lower: (to, node) => reshapeLowered(to, to.input(node, "input"), node.outputs[0]!.shape),
  },
  Transpose: {
    infer: ({ x }, attributes) => ({
      shape: attribute<number[]>(attributes, "perm").map((axis) => x!.shape[axis]!),
      dtype: x!.dtype,
    }),
    lower: (to, node) =>
      transposeLowered(to.input(node, "x"), attribute<number[]>(node.attributes, "perm")),
  },
  Concat: {
    infer: (inputs, attributes) => {
      const [first, ...others] = listed(inputs);
      const axis = concatAxis(inputs, attributes);
      const shape = [...first!.shape];
      for (const other of others) shape[axis]! += other.shape[axis]!;
      return { shape, dtype: first!.dtype };
    },
    lower: (to, node) => {
      const values = listed(node.inputs).map((value) => to.get(value));
      const axis = concatAxis(node.inputs, node.attributes);
      return concat(
        to,
        values.filter((value) => value.shape[axis] !== 0),
        axis,
      );
    },
  },
  Pack: {
    infer: (inputs, attributes) => {
      const [first, ...others] = listed(inputs);
      const shape = [...first!.shape];
      shape.splice(attribute<number>(attributes, "axis"), 0, others.length + 1);
      return { shape, dtype: first!.dtype };
    },
    lower: (to, node) => {
      const axis = attribute<number>(node.attributes, "axis");
      const layers = listed(node.inputs).map((value) => {
        const shape = [...value.shape];
        shape.splice(axis, 0, 1);
        return reshapeLowered(to, to.get(value), shape);
      });
      return concat(to, layers, axis);
    },
  },
  Unpack: {
    infer: ({ value }, attributes) => {
      const axis = attribute<number>(attributes, "axis");
      const spec = { shape: value!.shape.filter((_, at) => at !== axis), dtype: value!.dtype };
      return Array<TensorSpec>(value!.shape[axis]!).fill(spec);
    },
    lower: (to, node) => {
      const x = to.input(node, "value");
      const axis = attribute<number>(node.attributes, "axis");
      const layer = x.shape.map((dim, at) => (at === axis ? 1 : dim));
      return node.outputs.map(({ shape }, index) => {
        const begin = x.shape.map((_, at) => (at === axis ? index : 0));
        return reshapeLowered(to, slice(to, x, begin, layer), shape);
      });
    },
  },
  SplitV: {
    infer: (inputs, attributes) => {
      const { shape, dtype } = inputs["x"]!;
      const { axis, sizes } = splitSizes(inputs, attributes);
      return sizes.map((size) => ({
        shape: shape.map((dim, at) => (at === axis ? size : dim)),
        dtype,
      }));
    },
    lower: (to, node) => {
      const x = to.input(node, "x");
      const { axis, sizes } = splitSizes(node.inputs, node.attributes);
      const place = x.perm.indexOf(axis);
      if (x.dims[place] === 1 || sizes.length === 1) {
        return node.outputs.map(({ shape }) =>
          slice(
            to,
            x,
            shape.map(() => 0),
            shape,
          ),
        );
      }
      const names = to.builder.ops("Split", [x.name, to.ints(sizes)], sizes.length, {
        axis: place,
      });
      return node.outputs.map(({ shape }, index) => ({
        ...x,
        name: names[index]!,
        shape,
        dims: x.dims.map((dim, at) => (at === place ? sizes[index]! : dim)),
      }));
    },
  },
  Slice: {
    infer: (inputs, attributes) => ({
      shape: sliceBounds(inputs, attributes).size,
      dtype: inputs["x"]!.dtype,
    }),
    lower: (to, node) => {
      const { begin, size } = sliceBounds(node.inputs, node.attributes);
      return slice(to, to.input(node, "x"), begin, size);
    },
  },
  StridedSlice: {
    infer: (inputs, attributes) => ({
      shape: stridedSliceInfo(inputs["x"]!.shape, attributes).finalShape,
      dtype: inputs["x"]!.dtype,
    }),
    lower: (to, node) => {
      const { finalShapeSparse, begin, strides } = stridedSliceInfo(
        node.inputs["x"]!.shape,
        node.attributes,
      );
      const cut = slice(to, to.input(node, "x"), begin, finalShapeSparse, strides);
      return reshapeLowered(to, cut, node.outputs[0]!.shape);
    },
  },
  Reverse: {
    infer: ({ x }) => ({ shape: x!.shape, dtype: x!.dtype }),
    lower: (to, node) => {
      const x = to.input(node, "x");
      const dims = tf.util.parseAxisParam(attribute(node.attributes, "dims"), [...x.shape]);
      const isTurned = (axis: number) => dims.includes(axis) && x.shape[axis] !== 1;
      return slice(
        to,
        x,
        x.shape.map((dim, axis) => (isTurned(axis) ? dim - 1 : 0)),
        x.shape,
        x.shape.map((_, axis) => (isTurned(axis) ? -1 : 1)),
      );
    },
  },
  PadV2: {
    infer: (inputs, attributes) => ({
      shape: paddedShape(inputs, attributes),
      dtype: inputs["x"]!.dtype,
    }),
    lower: (to, node) =>
      pad(to, node, "constant", attribute<number>(node.attributes, "constantValue")),
  },
  MirrorPad: {
    infer: (inputs, attributes) => {
      if (attributes["mode"] !== "reflect")
        throw new Unsupported('use tf.mirrorPad with mode "reflect".');
      return { shape: paddedShape(inputs, attributes), dtype: inputs["x"]!.dtype };
    },
    lower: (to, node) => pad(to, node, "reflect", undefined),
  },
  Tile: {
    infer: ({ x }, attributes) => {
      const reps = attribute<number[]>(attributes, "reps");
      return { shape: x!.shape.map((dim, axis) => dim * reps[axis]!), dtype: x!.dtype };
    },
    lower: (to, node) =>
      tile(to, to.input(node, "x"), attribute<number[]>(node.attributes, "reps")),
  },
  Broadcast: {
    infer: () => {
      throw new Unsupported("it is made by passes alone.");
    },
    lower: (to, node) => broadcastTo(to, to.input(node, "x"), node.outputs[0]!.shape),
  },
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
  Fill: {
    infer: (_, attributes) => {
      const value = attribute<number>(attributes, "value");
      return {
        shape: attribute(attributes, "shape"),
        dtype:
          attribute<TensorSpec["dtype"] | undefined>(attributes, "dtype") ??
          (tf.util.inferDtype(value) as TensorSpec["dtype"]),
      };
    },
    lower: (to, node) => {
      const { shape, dtype } = node.outputs[0]!;
      const value = numberOperand(to, attribute<number>(node.attributes, "value"), dtype);
      return broadcastTo(to, value, shape);
    },
  },
};
