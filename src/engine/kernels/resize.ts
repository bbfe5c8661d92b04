import type { Attributes, GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import { NCHW } from "./conv-info.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { allOnFloats, attribute } from "./kernel.ts";

/** Which source elements an element of the result is made of, and their shares. */
type Shares = readonly { readonly from: number; readonly share: number }[];
type Sampling = (index: number, from: number, to: number, attributes: Attributes) => Shares;

// tf.js scales from the ends when corners are aligned, and measures from pixel centres when asked.
function position(index: number, from: number, to: number, attributes: Attributes): number {
  const aligned = attributes["alignCorners"] === true && to > 1;
  const scale = (aligned ? from - 1 : from) / (aligned ? to - 1 : to);
  return attributes["halfPixelCenters"] === true ? scale * (index + 0.5) : scale * index;
}

const nearest: Sampling = (index, from, to, attributes) => {
  const place = position(index, from, to, attributes);
  const whole = attributes["alignCorners"] === true ? Math.round(place) : Math.floor(place);
  return [{ from: Math.min(from - 1, whole), share: 1 }];
};

const bilinear: Sampling = (index, from, to, attributes) => {
  const offset = attributes["halfPixelCenters"] === true ? 0.5 : 0;
  const place = position(index, from, to, attributes) - offset;
  const below = Math.max(0, Math.floor(place));
  const above = Math.min(from - 1, Math.ceil(place));
  const share = place - below;
  return [
    { from: below, share: 1 - share },
    { from: above, share },
  ];
};

/** Resizing along one axis as a matrix [to, from]. */
function matrix(
  to: Lowering,
  sampling: Sampling,
  from: number,
  size: number,
  a: Attributes,
): string {
  const weights = new Float32Array(size * from);
  for (let index = 0; index < size; index++) {
    for (const { from: place, share } of sampling(index, from, size, a)) {
      weights[index * from + place]! += share;
    }
  }
  return to.builder.constant("float32", [size, from], weights);
}

interface Sizes {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

function sizesOf(small: readonly number[], large: readonly number[]): Sizes {
  return { from: [small[1]!, small[2]!], to: [large[1]!, large[2]!] };
}

/** The whole factors of an enlargement that repeats pixels, if it is one. */
function repeats({ from, to }: Sizes, sampling: Sampling, attributes: Attributes) {
  const [rows, columns] = [to[0] / from[0], to[1] / from[1]];
  if (sampling !== nearest || !Number.isInteger(rows) || !Number.isInteger(columns)) return;
  const isRepeating = ([source, target]: readonly [number, number], factor: number) =>
    Array.from({ length: target }).every(
      (_, index) =>
        nearest(index, source, target, attributes)[0]!.from === Math.floor(index / factor),
    );
  if (!isRepeating([from[0], to[0]], rows) || !isRepeating([from[1], to[1]], columns)) return;
  return [rows, columns] as const;
}

function resize(sampling: Sampling): Kernel {
  return {
    infer: ({ images }, attributes) => {
      const [height, width] = attribute<[number, number]>(attributes, "size");
      const [batch, , , channels] = images!.shape;
      return { shape: [batch!, height, width, channels!], dtype: "float32" };
    },
    lower: (to, node) => {
      const spec = node.outputs[0]!;
      const images = to.input(node, "images");
      const x = to.inOrder(images, NCHW);
      const sizes = sizesOf(images.shape, spec.shape);
      const factors = repeats(sizes, sampling, node.attributes);
      if (factors !== undefined) return to.ordered(repeat(to, x, factors), spec, NCHW);
      const rows = matrix(to, sampling, sizes.from[0], sizes.to[0], node.attributes);
      const columns = matrix(to, sampling, sizes.from[1], sizes.to[1], node.attributes);
      const wide = to.isPlain
        ? to.op("MatMul", [x, to.op("Transpose", [columns], { perm: [1, 0] })])
        : to.op("FusedMatMul", [x, columns], { transB: 1 });
      return to.ordered(to.op("MatMul", [rows, wide]), spec, NCHW);
    },
  };
}

function repeat(to: Lowering, x: string, [rows, columns]: readonly [number, number]): string {
  const scales = to.builder.constant("float32", [4], Float32Array.of(1, 1, rows, columns));
  return to.op("Resize", [x, "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

// The transposed map: every source pixel gets the gradients of the pixels it went into, by their shares.
function resizeGradient(sampling: Sampling): Kernel {
  return {
    infer: ({ images }) => ({ shape: images!.shape, dtype: "float32" }),
    lower: (to: Lowering, node: GraphNode): Lowered => {
      const spec = node.outputs[0]!;
      const gradient = to.input(node, "dy");
      const dy = to.inOrder(gradient, NCHW);
      const sizes = sizesOf(spec.shape, gradient.shape);
      const factors = repeats(sizes, sampling, node.attributes);
      if (factors !== undefined) {
        const name = to.op("AveragePool", [dy], {
          kernel_shape: [...factors],
          strides: [...factors],
        });
        const mean = to.ordered(name, spec, NCHW);
        return elementwise(to, "Mul", [mean, numberOperand(to, factors[0] * factors[1])]);
      }
      const rows = matrix(to, sampling, sizes.from[0], sizes.to[0], node.attributes);
      const columns = matrix(to, sampling, sizes.from[1], sizes.to[1], node.attributes);
      const narrow = to.op("MatMul", [dy, columns]);
      const turned = to.op("Transpose", [rows], { perm: [1, 0] });
      return to.ordered(to.op("MatMul", [turned, narrow]), spec, NCHW);
    },
  };
}

/** Resizing and its gradients: separable, so one small matrix an axis, or repetition where pixels repeat. */
export const resizeKernels: KernelTable = allOnFloats({
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: resizeGradient(nearest),
  ResizeBilinear: resize(bilinear),
  ResizeBilinearGrad: resizeGradient(bilinear),
});
