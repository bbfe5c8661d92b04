import type { Attributes, Inputs } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { attribute, Unsupported } from "./kernel.ts";
import { reshapeLowered } from "./reshape.ts";
import { padLowered, slice, transposeLowered } from "./shape.ts";

type Pairs = readonly (readonly [number, number])[];

function blockShape(attributes: Attributes): readonly number[] {
  return attribute(attributes, "blockShape");
}

/** [B, H, W, r r C] to [B, r H, r W, C]. */
function depthToSpace(to: Lowering, x: Lowered, size: number): Lowered {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rest = channels / (size * size);
  const apart = reshapeLowered(to, x, [batch, height, width, size, size, rest]);
  const turned = transposeLowered(apart, [0, 1, 3, 2, 4, 5]);
  return reshapeLowered(to, turned, [batch, height * size, width * size, rest]);
}

const depthToSpaceKernel: Kernel = {
  infer: ({ x }, attributes) => {
    if (attributes["dataFormat"] !== "NHWC") {
      throw new Unsupported('its dataFormat is not "NHWC"; write NHWC.');
    }
    const size = attribute<number>(attributes, "blockSize");
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const shape = [batch, height * size, width * size, channels / (size * size)];
    return { shape, dtype: x!.dtype };
  },
  lower: (to, node) =>
    depthToSpace(to, to.input(node, "x"), attribute(node.attributes, "blockSize")),
};

function padsOf({ x }: Inputs, attributes: Attributes): Pairs {
  const paddings = attribute<Pairs>(attributes, "paddings");
  const rest = x!.shape.length - 1 - paddings.length;
  return [[0, 0], ...paddings, ...Array<[number, number]>(rest).fill([0, 0])];
}

const spaceToBatch: Kernel = {
  infer: (inputs, attributes) => {
    const block = blockShape(attributes);
    const pads = padsOf(inputs, attributes);
    const { shape, dtype } = inputs["x"]!;
    const padded = shape.map((dim, axis) => dim + pads[axis]![0] + pads[axis]![1]);
    const size = block.reduce((a, b) => a * b, 1);
    return {
      shape: padded.map((dim, axis) => (axis === 0 ? dim * size : dim / (block[axis - 1] ?? 1))),
      dtype,
    };
  },
  lower: (to, node) => {
    const block = blockShape(node.attributes);
    const wide = padLowered(
      to,
      to.input(node, "x"),
      padsOf(node.inputs, node.attributes),
      "constant",
      0,
    );
    const [batch, ...rest] = wide.shape as [number, ...number[]];
    const tail = rest.slice(block.length);
    const cut = block.flatMap((size, at) => [rest[at]! / size, size]);
    const apart = reshapeLowered(to, wide, [batch, ...cut, ...tail]);
    const order = [
      ...block.map((_, at) => 2 * at + 2),
      0,
      ...block.map((_, at) => 2 * at + 1),
      ...tail.map((_, at) => 2 * block.length + 1 + at),
    ];
    return reshapeLowered(to, transposeLowered(apart, order), node.outputs[0]!.shape);
  },
};

const batchToSpace: Kernel = {
  infer: ({ x }, attributes) => {
    const block = blockShape(attributes);
    const crops = attribute<Pairs>(attributes, "crops");
    const size = block.reduce((a, b) => a * b, 1);
    const shape = x!.shape.map((dim, axis) => {
      if (axis === 0) return dim / size;
      const [before, after] = crops[axis - 1] ?? [0, 0];
      return dim * (block[axis - 1] ?? 1) - before - after;
    });
    return { shape, dtype: x!.dtype };
  },
  lower: (to, node) => {
    const x = to.input(node, "x");
    const block = blockShape(node.attributes);
    const crops = attribute<Pairs>(node.attributes, "crops");
    const { shape } = node.outputs[0]!;
    const tail = x.shape.slice(1 + block.length);
    const apart = reshapeLowered(to, x, [...block, shape[0]!, ...x.shape.slice(1)]);
    const count = block.length;
    const order = [
      count,
      ...block.flatMap((_, at) => [count + 1 + at, at]),
      ...tail.map((_, at) => 2 * count + 1 + at),
    ];
    const joined = x.shape.slice(1, 1 + count).map((dim, at) => dim * block[at]!);
    const whole = reshapeLowered(to, transposeLowered(apart, order), [
      shape[0]!,
      ...joined,
      ...tail,
    ]);
    const begin = shape.map((_, axis) => (axis === 0 ? 0 : (crops[axis - 1]?.[0] ?? 0)));
    return slice(to, whole, begin, shape);
  },
};

/** Kernels that exchange space for channels or for batch. */
export const blockKernels: KernelTable = {
  DepthToSpace: depthToSpaceKernel,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  FlipLeftRight: {
    infer: ({ image }) => ({ shape: image!.shape, dtype: image!.dtype }),
    lower: (to, node) => {
      const x = to.input(node, "image");
      const width = x.shape[2]!;
      if (width === 1) return x;
      return slice(to, x, [0, 0, width - 1, 0], x.shape, [1, 1, -1, 1]);
    },
  },
};
