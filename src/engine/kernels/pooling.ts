import * as tf from "@tensorflow/tfjs-core";
import type { Attributes, GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import { NCHW, pads } from "./conv-info.ts";
import type { ConvInfo } from "./conv-info.ts";
import type { KernelTable } from "./kernel.ts";
import { allOnFloats, attribute, Unsupported } from "./kernel.ts";

function poolInfo(shape: readonly number[], attributes: Attributes): ConvInfo {
  if (shape.length !== 4) throw new Unsupported("its input has not four axes.");
  return tf.backend_util.computePool2DInfo(
    [...shape] as [number, number, number, number],
    attribute(attributes, "filterSize"),
    attribute(attributes, "strides"),
    1,
    attribute(attributes, "pad"),
    attribute(attributes, "dimRoundingMode"),
  );
}

function window(info: ConvInfo) {
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: pads(info),
  };
}

function pool(opType: string) {
  return (to: Lowering, node: GraphNode): Lowered => {
    const x = to.input(node, "x");
    const info = poolInfo(x.shape, node.attributes);
    const name = to.op(opType, [to.inOrder(x, NCHW)], window(info));
    return to.ordered(name, node.outputs[0]!, NCHW);
  };
}

/** How many elements of the input each window holds, [1, 1, H, W]: fewer at padded edges. */
function windowSizes(to: Lowering, info: ConvInfo): Lowered {
  const along = (size: number, count: number, filter: number, stride: number, before: number) =>
    Array.from({ length: count }, (_, index) => {
      const start = index * stride - before;
      return Math.min(start + filter, size) - Math.max(start, 0);
    });
  const { padInfo } = info;
  const rows = along(
    info.inHeight,
    info.outHeight,
    info.filterHeight,
    info.strideHeight,
    padInfo.top,
  );
  const columns = along(
    info.inWidth,
    info.outWidth,
    info.filterWidth,
    info.strideWidth,
    padInfo.left,
  );
  const sizes = Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
  const first = sizes[0]!;
  if (sizes.every((size) => size === first)) return numberOperand(to, first);
  const name = to.builder.constant("float32", [1, 1, info.outHeight, info.outWidth], sizes);
  const shape = [1, info.outHeight, info.outWidth, 1];
  return to.ordered(name, { shape, dtype: "float32" }, NCHW);
}

function averageGradient(to: Lowering, node: GraphNode): Lowered {
  const spec = node.outputs[0]!;
  const info = poolInfo(spec.shape, node.attributes);
  const dy = to.move(to.full(to.input(node, "dy")), NCHW);
  const share = elementwise(to, "Div", [dy, windowSizes(to, info)]);
  return spreadWindows(to, share.name, info, spec);
}

// Adds to every input element what its windows hold: each channel through a transposed convolution with ones.
function spreadWindows(
  to: Lowering,
  share: string,
  info: ConvInfo,
  spec: Lowered | GraphNode["outputs"][number],
): Lowered {
  const { filterHeight: rows, filterWidth: columns, strideHeight, strideWidth } = info;
  const { inHeight, inWidth, outHeight, outWidth, batchSize, inChannels } = info;
  const [top, left, bottom, right] = pads(info);
  const isTiling =
    rows === strideHeight &&
    columns === strideWidth &&
    inHeight === outHeight * rows &&
    inWidth === outWidth * columns;
  if (isTiling) {
    const scales = to.builder.constant("float32", [4], Float32Array.of(1, 1, rows, columns));
    const name = to.op("Resize", [share, "", scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
    return to.ordered(name, spec, NCHW);
  }
  const images = to.reshape(share, [batchSize * inChannels, 1, outHeight, outWidth]);
  const ones = to.builder.constant(
    "float32",
    [1, 1, rows, columns],
    new Float32Array(rows * columns).fill(1),
  );
  const spread = to.op("ConvTranspose", [images, ones], {
    kernel_shape: [rows, columns],
    strides: [strideHeight, strideWidth],
    pads: [top, left, bottom, right],
    output_padding: [
      inHeight - ((outHeight - 1) * strideHeight + rows - top - bottom),
      inWidth - ((outWidth - 1) * strideWidth + columns - left - right),
    ],
  });
  return to.ordered(to.reshape(spread, [batchSize, inChannels, inHeight, inWidth]), spec, NCHW);
}

// Every window's gradient goes to the first of its largest elements, as ONNX's indices name it.
function maximumGradient(to: Lowering, node: GraphNode): Lowered {
  const spec = node.outputs[0]!;
  const info = poolInfo(spec.shape, node.attributes);
  const x = to.inOrder(to.input(node, "input"), NCHW);
  const dy = to.inOrder(to.input(node, "dy"), NCHW);
  const [, places] = to.builder.ops("MaxPool", [x], 2, window(info));
  const size = info.batchSize * info.inChannels * info.inHeight * info.inWidth;
  const zeros = to.op("Expand", [to.builder.float(0), to.ints([size])]);
  const scattered = to.op(
    "ScatterElements",
    [zeros, to.reshape(places!, [-1]), to.reshape(dy, [-1])],
    { axis: 0, reduction: "add" },
  );
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
  return to.ordered(to.reshape(scattered, shape), spec, NCHW);
}

/** Pooling and its gradients. */
export const poolingKernels: KernelTable = allOnFloats({
  AvgPool: {
    infer: ({ x }, attributes) => ({
      shape: poolInfo(x!.shape, attributes).outShape,
      dtype: "float32",
    }),
    lower: pool("AveragePool"),
  },
  MaxPool: {
    infer: ({ x }, attributes) => ({
      shape: poolInfo(x!.shape, attributes).outShape,
      dtype: "float32",
    }),
    lower: pool("MaxPool"),
  },
  AvgPoolGrad: {
    infer: ({ input }) => ({ shape: input!.shape, dtype: "float32" }),
    lower: averageGradient,
  },
  MaxPoolGrad: {
    infer: ({ input }) => ({ shape: input!.shape, dtype: "float32" }),
    lower: maximumGradient,
  },
});
