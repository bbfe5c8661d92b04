import * as tf from "@tensorflow/tfjs-core";
import type { GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { activate, requireActivation } from "./activation.ts";
import { elementwise } from "./broadcast.ts";
import { convInfo, NCHW, pads } from "./conv-info.ts";
import { turn } from "./convolution.ts";
import type { ConvInfo } from "./conv-info.ts";
import type { KernelTable } from "./kernel.ts";
import { allOnFloats, attribute, Unsupported } from "./kernel.ts";

// tf.js's depthwise filter [H, W, I, M] in the order of ONNX's grouped one, [I * M, 1, H, W].
function groupedFilter(to: Lowering, filter: Lowered): string {
  const [rows, columns, channels, multiplier] = filter.shape as [number, number, number, number];
  const ordered = to.inOrder(filter, [2, 3, 0, 1]);
  return to.reshape(ordered, [channels * multiplier, 1, rows, columns]);
}

function convolve(to: Lowering, node: GraphNode): Lowered {
  const [x, filter] = [to.input(node, "x"), to.input(node, "filter")];
  const info = convInfo(x.shape, filter.shape, node.attributes, true);
  const name = to.op("Conv", [to.inOrder(x, NCHW), groupedFilter(to, filter)], {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: pads(info),
    group: info.inChannels,
  });
  return to.ordered(name, { shape: info.outShape, dtype: "float32" }, NCHW);
}

function inputGradient(to: Lowering, node: GraphNode): Lowered {
  const [dy, filter] = [to.input(node, "dy"), to.input(node, "filter")];
  const spec = node.outputs[0]!;
  const info = convInfo(spec.shape, filter.shape, node.attributes, true);
  const { filterHeight: rows, filterWidth: columns, strideHeight, strideWidth } = info;
  const [top, left, bottom, right] = pads(info);
  const grouped = groupedFilter(to, filter);
  const gradient = to.inOrder(dy, NCHW);
  const group = info.inChannels;
  const turnedPads = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right];
  const isPlain = strideHeight === 1 && strideWidth === 1 && info.outChannels === group;
  if (isPlain && Math.min(...turnedPads) >= 0) {
    const name = to.op("Conv", [gradient, turn(to, grouped, rows, columns)], {
      kernel_shape: [rows, columns],
      pads: turnedPads,
      group,
    });
    return to.ordered(name, spec, NCHW);
  }
  const name = to.op("ConvTranspose", [gradient, grouped], {
    kernel_shape: [rows, columns],
    strides: [strideHeight, strideWidth],
    pads: [top, left, bottom, right],
    output_padding: [
      info.inHeight - ((info.outHeight - 1) * strideHeight + rows - top - bottom),
      info.inWidth - ((info.outWidth - 1) * strideWidth + columns - left - right),
    ],
    group,
  });
  return to.ordered(name, spec, NCHW);
}

// Each tap of each channel is one sum over batch and positions.
function filterGradient(to: Lowering, node: GraphNode): Lowered {
  const [x, dy] = [to.input(node, "x"), to.input(node, "dy")];
  const spec = node.outputs[0]!;
  const info = convInfo(x.shape, spec.shape, node.attributes, true);
  const { inChannels, outHeight, outWidth, strideHeight, strideWidth, batchSize } = info;
  const multiplier = info.outChannels / inChannels;
  const wide = padChannels(to, to.inOrder(x, NCHW), info);
  const gradient = to.reshape(to.inOrder(dy, NCHW), [
    batchSize,
    inChannels,
    multiplier,
    outHeight,
    outWidth,
  ]);
  const taps: string[] = [];
  for (let r = 0; r < info.filterHeight; r++) {
    for (let s = 0; s < info.filterWidth; s++) {
      const end = [r + (outHeight - 1) * strideHeight + 1, s + (outWidth - 1) * strideWidth + 1];
      const seen = to.op("Slice", [
        wide,
        to.ints([r, s]),
        to.ints(end),
        to.ints([2, 3]),
        to.ints([strideHeight, strideWidth]),
      ]);
      const shape = [batchSize, inChannels, 1, outHeight, outWidth];
      const product = to.op("Mul", [gradient, to.reshape(seen, shape)]);
      const sum = to.op("ReduceSum", [product, to.ints([0, 3, 4])], { keepdims: 0 });
      taps.push(to.reshape(sum, [1, inChannels, multiplier]));
    }
  }
  const all = taps.length === 1 ? taps[0]! : to.op("Concat", taps, { axis: 0 });
  return to.plain(to.reshape(all, spec.shape), spec);
}

function padChannels(to: Lowering, name: string, info: ConvInfo): string {
  const [top, left, bottom, right] = pads(info);
  if (top + left + bottom + right === 0) return name;
  const amounts = to.ints([0, 0, top, left, 0, 0, bottom, right]);
  return to.op("Pad", [name, amounts], { mode: "constant" });
}

/** Depthwise convolutions and their gradients. */
export const depthwiseKernels: KernelTable = allOnFloats({
  DepthwiseConv2dNative: {
    infer: ({ x, filter }, attributes) => ({
      shape: convInfo(x!.shape, filter!.shape, attributes, true).outShape,
      dtype: "float32",
    }),
    lower: convolve,
  },
  FusedDepthwiseConv2D: {
    infer: ({ x, filter }, attributes) => {
      requireActivation(attributes);
      const { outShape } = convInfo(x!.shape, filter!.shape, attributes, true);
      return { shape: outShape, dtype: "float32" };
    },
    lower: (to, node) => {
      const { bias } = node.inputs;
      const result = convolve(to, node);
      const sum = bias === undefined ? result : elementwise(to, "Add", [result, to.get(bias)]);
      return activate(to, sum, node);
    },
  },
  DepthwiseConv2dNativeBackpropInput: {
    infer: (_, attributes) => ({ shape: attribute(attributes, "inputShape"), dtype: "float32" }),
    lower: inputGradient,
  },
  DepthwiseConv2dNativeBackpropFilter: {
    infer: (_, attributes) => {
      const dilations = attribute<number | undefined>(attributes, "dilations") ?? 1;
      if (!tf.backend_util.tupleValuesAreOne(dilations)) {
        throw new Unsupported("it is dilated; use an undilated filter.");
      }
      return { shape: attribute(attributes, "filterShape"), dtype: "float32" };
    },
    lower: filterGradient,
  },
});
