import * as tf from "@tensorflow/tfjs-core";
import type { Attributes, DType, GraphNode, Inputs, TensorSpec } from "../graph.ts";
import { sizeOf } from "../graph.ts";
import { identityPerm } from "../onnx/layout.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { DATA_TYPE } from "../onnx/model-proto.ts";
import { broadcastTo, concat, slice, transposeLowered } from "./shape.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import type { KernelTable } from "./kernel.ts";
import { attribute, Unsupported } from "./kernel.ts";
import { reshapeLowered } from "./reshape.ts";

function gatherAxis({ x }: Inputs, attributes: Attributes): number {
  return tf.util.parseAxisParam(attribute<number>(attributes, "axis"), [...x!.shape])[0]!;
}

function batchAxes({ indices }: Inputs, attributes: Attributes): number {
  const batchDims = (attributes["batchDims"] as number | undefined) ?? 0;
  return batchDims < 0 ? batchDims + indices!.shape.length : batchDims;
}

// Every batch has its own indices: the axis that they count along goes behind the batch, then GatherND takes from each.
function gatherInBatches(to: Lowering, node: GraphNode): Lowered {
  const x = to.input(node, "x");
  const indices = to.input(node, "indices");
  const axis = gatherAxis(node.inputs, node.attributes);
  const batch = batchAxes(node.inputs, node.attributes);
  const axes = identityPerm(x.shape.length);
  const order = [...axes.slice(0, batch), axis, ...axes.slice(batch).filter((at) => at !== axis)];
  const rows = to.inOrder(transposeLowered(x, order));
  const places = to.inOrder(reshapeLowered(to, indices, [...indices.shape, 1]));
  const wide = to.op("Cast", [places], { to: DATA_TYPE.int64 });
  const name = to.op("GatherND", [rows, wide], { batch_dims: batch });
  // [batch, looked up, before the axis, after it]; the looked-up axes belong where the axis was.
  const looked = indices.shape.length - batch;
  const before = axis - batch;
  const shape = [...indices.shape, ...order.slice(batch + 1).map((at) => x.shape[at]!)];
  const places2 = identityPerm(shape.length);
  const back = [
    ...places2.slice(0, batch),
    ...places2.slice(batch + looked, batch + looked + before),
    ...places2.slice(batch, batch + looked),
    ...places2.slice(batch + looked + before),
  ];
  return transposeLowered(to.plain(name, { shape, dtype: x.dtype }), back);
}

/** 0, 1, ... as int32 of shape [count]. */
export function counting(to: Lowering, count: number): Lowered {
  const name = to.builder.constant(
    "int32",
    [count],
    Int32Array.from({ length: count }, (_, index) => index),
  );
  return to.plain(name, { shape: [count], dtype: "int32" });
}

function oneHot(to: Lowering, indices: Lowered, attributes: Attributes, spec: TensorSpec): Lowered {
  const depth = attribute<number>(attributes, "depth");
  const tall = reshapeLowered(to, indices, [...indices.shape, 1]);
  const isHot = elementwise(to, "Equal", [tall, counting(to, depth)], "bool");
  const level = (name: string) =>
    numberOperand(to, attribute<number>(attributes, name), spec.dtype);
  return elementwise(to, "Where", [isHot, level("onValue"), level("offValue")], spec.dtype);
}

// Sums the rows of equal id. Ids outside 0 .. count - 1 are left out, as tf.js does: they go to one more row.
function segmentSum(to: Lowering, x: Lowered, ids: Lowered, count: number): Lowered {
  const [rows, ...rest] = x.shape;
  const width = sizeOf(rest);
  const inside = elementwise(to, "And", [
    elementwise(to, "GreaterOrEqual", [ids, numberOperand(to, 0, "int32")], "bool"),
    elementwise(to, "Less", [ids, numberOperand(to, count, "int32")], "bool"),
  ]);
  const row = elementwise(to, "Where", [inside, ids, numberOperand(to, count, "int32")], "int32");
  const column = to.inOrder(reshapeLowered(to, row, [rows!, 1]));
  const indices = to.op("Cast", [column], { to: DATA_TYPE.int64 });
  const updates = to.inOrder(reshapeLowered(to, x, [rows!, width]));
  const empty = broadcastTo(to, numberOperand(to, 0, x.dtype), [count + 1, width]);
  const sums = to.op("ScatterND", [to.inOrder(empty), indices, updates], { reduction: "add" });
  const all = to.plain(sums, { shape: [count + 1, width], dtype: x.dtype });
  return reshapeLowered(to, slice(to, all, [0, 0], [count, width]), [count, ...rest]);
}

// Running combination by doubling: after step k every element holds 2^k neighbours. log2(n) steps, static shapes.
function runningProduct(to: Lowering, x: Lowered, axis: number, exclusive: boolean): Lowered {
  const length = x.shape[axis]!;
  const shifted = (value: Lowered, by: number) => {
    const head = value.shape.map((dim, at) => (at === axis ? by : dim));
    const kept = value.shape.map((dim, at) => (at === axis ? dim - by : dim));
    const ones = broadcastTo(to, numberOperand(to, 1, value.dtype), head);
    return concat(
      to,
      [
        ones,
        slice(
          to,
          value,
          value.shape.map(() => 0),
          kept,
        ),
      ],
      axis,
    );
  };
  let product = exclusive ? shifted(x, 1) : x;
  for (let by = 1; by < length; by *= 2) {
    product = elementwise(to, "Mul", [product, shifted(product, by)]);
  }
  return product;
}

function reversed(to: Lowering, x: Lowered, axis: number): Lowered {
  const begin = x.shape.map((dim, at) => (at === axis ? dim - 1 : 0));
  return slice(
    to,
    x,
    begin,
    x.shape,
    x.shape.map((_, at) => (at === axis ? -1 : 1)),
  );
}

function numeric({ x }: Inputs): TensorSpec {
  if (x!.dtype === "bool") throw new Unsupported("it got bool; cast to int32 or float32 first.");
  return { shape: x!.shape, dtype: x!.dtype };
}

/** Look-ups, their gradients, and running sums and products. */
export const gatherKernels: KernelTable = {
  GatherV2: {
    infer: (inputs, attributes) => {
      const { x, indices } = inputs;
      const axis = gatherAxis(inputs, attributes);
      const looked = indices!.shape.slice(batchAxes(inputs, attributes));
      const shape = [...x!.shape.slice(0, axis), ...looked, ...x!.shape.slice(axis + 1)];
      return { shape, dtype: x!.dtype };
    },
    lower: (to, node) => {
      if (batchAxes(node.inputs, node.attributes) > 0) return gatherInBatches(to, node);
      const x = to.full(to.input(node, "x"));
      const indices = to.inOrder(to.input(node, "indices"));
      const axis = gatherAxis(node.inputs, node.attributes);
      const rank = node.inputs["indices"]!.shape.length;
      const name = to.op("Gather", [x.name, indices], { axis: x.perm.indexOf(axis) });
      const perm = x.perm.flatMap((other) => {
        if (other === axis) return identityPerm(rank).map((step) => axis + step);
        return [other > axis ? other + rank - 1 : other];
      });
      return to.ordered(name, node.outputs[0]!, perm);
    },
  },
  OneHot: {
    infer: ({ indices }, attributes) => ({
      shape: [...indices!.shape, attribute<number>(attributes, "depth")],
      dtype: attribute<DType | undefined>(attributes, "dtype") ?? "int32",
    }),
    lower: (to, node) => oneHot(to, to.input(node, "indices"), node.attributes, node.outputs[0]!),
  },
  UnsortedSegmentSum: {
    infer: ({ x, segmentIds }, attributes) => {
      if (x!.dtype !== "float32") {
        throw new Unsupported(`it sums ${x!.dtype}; cast to float32 first.`);
      }
      if (segmentIds!.shape.length !== 1) {
        throw new Unsupported("its segment ids have more than one axis; reshape them to one.");
      }
      const count = attribute<number>(attributes, "numSegments");
      return { shape: [count, ...x!.shape.slice(1)], dtype: x!.dtype };
    },
    lower: (to, node) =>
      segmentSum(to, to.input(node, "x"), to.input(node, "segmentIds"), node.outputs[0]!.shape[0]!),
  },
  Cumsum: {
    infer: numeric,
    lower: (to, node) => {
      const x = to.full(to.input(node, "x"));
      const axis = x.perm.indexOf(gatherAxis(node.inputs, node.attributes));
      const place = to.builder.constant("int32", [], Int32Array.of(axis));
      const name = to.op("CumSum", [x.name, place], {
        exclusive: Number(node.attributes["exclusive"]),
        reverse: Number(node.attributes["reverse"]),
      });
      return { ...x, name };
    },
  },
  Cumprod: {
    infer: numeric,
    lower: (to, node) => {
      const axis = gatherAxis(node.inputs, node.attributes);
      const isReversed = node.attributes["reverse"] === true;
      const x = to.full(to.input(node, "x"));
      const turned = isReversed ? reversed(to, x, axis) : x;
      const product = runningProduct(to, turned, axis, node.attributes["exclusive"] === true);
      return isReversed ? reversed(to, product, axis) : product;
    },
  },
  LinSpace: {
    infer: (_, attributes) => ({ shape: [attribute<number>(attributes, "num")], dtype: "float32" }),
    lower: (to, node) => {
      const { shape, dtype } = node.outputs[0]!;
      const data = linSpaceValues(node.attributes);
      return to.plain(to.builder.constant(dtype, shape, data), { shape, dtype });
    },
  },
  Range: {
    infer: (_, attributes) => {
      const values = rangeValues(attributes);
      return { shape: [values.length], dtype: attribute<DType>(attributes, "dtype") };
    },
    lower: (to, node) => {
      const { shape, dtype } = node.outputs[0]!;
      const values = rangeValues(node.attributes);
      const data = dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values);
      return to.plain(to.builder.constant(dtype, shape, data), { shape, dtype });
    },
  },
};

function linSpaceValues(attributes: Attributes): Float32Array {
  const number = (name: string) => attribute<number>(attributes, name);
  const [start, stop, count] = [number("start"), number("stop"), number("num")];
  const step = count === 1 ? 0 : (stop - start) / (count - 1);
  return Float32Array.from({ length: count }, (_, index) => start + index * step);
}

function rangeValues(attributes: Attributes): number[] {
  const number = (name: string) => attribute<number>(attributes, name);
  const [start, stop, step] = [number("start"), number("stop"), number("step")];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length }, (_, index) => start + index * step);
}
