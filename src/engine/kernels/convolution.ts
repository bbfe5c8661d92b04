import type { GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { activate, requireActivation } from "./activation.ts";
import { convInfo, NCHW, OIHW, pads } from "./conv-info.ts";
import { filterGradient } from "./filter-gradient.ts";
import type { KernelTable } from "./kernel.ts";
import { allOnFloats, attribute } from "./kernel.ts";

const IOHW = [2, 3, 0, 1];

function convolve(to: Lowering, node: GraphNode): Lowered {
  const [x, filter] = [to.input(node, "x"), to.input(node, "filter")];
  const info = convInfo(x.shape, filter.shape, node.attributes);
  const inputs = [to.inOrder(x, NCHW), to.inOrder(filter, OIHW)];
  if (node.inputs["bias"] !== undefined) {
    const bias = to.inOrder(to.input(node, "bias"));
    inputs.push(to.reshape(bias, [info.outChannels], node.inputs["bias"].shape));
  }
  const name = to.op("Conv", inputs, {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: pads(info),
  });
  return to.ordered(name, { shape: info.outShape, dtype: "float32" }, NCHW);
}

/** The gradient for a convolution's input: dy convolved with the turned filter; spread out first when strided. */
function inputGradient(to: Lowering, node: GraphNode): Lowered {
  const [dy, filter] = [to.input(node, "dy"), to.input(node, "filter")];
  const spec = node.outputs[0]!;
  const info = convInfo(spec.shape, filter.shape, node.attributes);
  const { filterHeight: rows, filterWidth: columns, strideHeight, strideWidth } = info;
  const [top, left, bottom, right] = pads(info);
  const gradient = to.inOrder(dy, NCHW);
  const turnedPads = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right];
  if (strideHeight === 1 && strideWidth === 1 && Math.min(...turnedPads) >= 0) {
    const turned = turn(to, to.inOrder(filter, IOHW), rows, columns);
    const name = to.op("Conv", [gradient, turned], {
      kernel_shape: [rows, columns],
      pads: turnedPads,
    });
    return to.ordered(name, spec, NCHW);
  }
  const name = to.op("ConvTranspose", [gradient, to.inOrder(filter, OIHW)], {
    kernel_shape: [rows, columns],
    strides: [strideHeight, strideWidth],
    pads: [top, left, bottom, right],
    output_padding: [
      info.inHeight - ((info.outHeight - 1) * strideHeight + rows - top - bottom),
      info.inWidth - ((info.outWidth - 1) * strideWidth + columns - left - right),
    ],
  });
  return to.ordered(name, spec, NCHW);
}

/** Reverses the last two axes. */
export function turn(to: Lowering, name: string, rows: number, columns: number): string {
  if (rows === 1 && columns === 1) return name;
  const start = to.ints([-1, -1]);
  const end = to.ints([-rows - 1, -columns - 1]);
  return to.op("Slice", [name, start, end, to.ints([2, 3]), to.ints([-1, -1])]);
}

/** Convolutions, their gradients, and tf.fused.conv2d. */
export const convolutionKernels: KernelTable = allOnFloats({
  Conv2D: {
    infer: ({ x, filter }, attributes) => ({
      shape: convInfo(x!.shape, filter!.shape, attributes).outShape,
      dtype: "float32",
    }),
    lower: convolve,
  },
  FusedConv2D: {
    infer: ({ x, filter }, attributes) => {
      requireActivation(attributes);
      return { shape: convInfo(x!.shape, filter!.shape, attributes).outShape, dtype: "float32" };
    },
    lower: (to, node) => activate(to, convolve(to, node), node),
  },
  Conv2DBackpropInput: {
    infer: (_, attributes) => ({ shape: attribute(attributes, "inputShape"), dtype: "float32" }),
    lower: inputGradient,
  },
  Conv2DBackpropFilter: {
    infer: (_, attributes) => ({ shape: attribute(attributes, "filterShape"), dtype: "float32" }),
    lower: (to, node) => {
      const [x, dy] = [to.input(node, "x"), to.input(node, "dy")];
      const spec = node.outputs[0]!;
      const info = convInfo(x.shape, spec.shape, node.attributes);
      const gradient = filterGradient(to, to.inOrder(x, NCHW), to.inOrder(dy, NCHW), info);
      return to.ordered(gradient, spec, OIHW);
    },
  },
});
