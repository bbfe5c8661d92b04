import type { Lowering } from "../onnx/lowering.ts";
import type { ConvInfo } from "./conv-info.ts";

/**
 * The gradient of a convolution's filter, dW[o, i, r, s] = sum over n, h, w of dy[n, o, h, w] x[n, i, h + r, w + s], as
 * matrix products over (h, w). ONNX Runtime has no kernel for it; what decides the time is how much is copied to line
 * the two up. Three ways, measured in bench/filter-gradient.ts:
 *
 * - 1x1 filters: nothing to line up.
 * - both sides wide: shift dy by rows and x by columns, one product of all shifts of one with all of the other. A k x k
 *   filter needs k copies of each instead of k^2 of x.
 * - strided, dilated, or one side narrow: the classic way, k^2 shifted copies of the narrower one.
 *
 * @param x NCHW.
 * @param dy NCHW.
 * @returns The gradient in OIHW.
 */
export function filterGradient(to: Lowering, x: string, dy: string, info: ConvInfo): string {
  const { filterHeight: rows, filterWidth: columns, inChannels, outChannels } = info;
  const isDense = info.strideHeight === 1 && info.strideWidth === 1 && isUndilated(info);
  if (isDense && rows === 1 && columns === 1 && isUnpadded(info)) return pointwise(to, x, dy, info);
  const taps = rows * columns;
  if (isDense) {
    const copies = rows * outChannels + columns * inChannels;
    if (copies <= taps * Math.min(inChannels, outChannels)) return shiftBoth(to, x, dy, info);
    if (outChannels < inChannels) return shiftGradient(to, x, dy, info);
  }
  return shiftInput(to, x, dy, info);
}

const isUndilated = ({ dilationHeight, dilationWidth }: ConvInfo) =>
  dilationHeight === 1 && dilationWidth === 1;
const isUnpadded = ({ padInfo }: ConvInfo) =>
  padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0;

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** a b^T, summed over the batch: [n, p, k] and [n, q, k] give [p, q], or [1, p, q] for one. */
function correlate(to: Lowering, a: string, b: string, batch: number): string {
  const products = to.op("FusedMatMul", [a, b], { transB: 1 });
  if (batch === 1) return products;
  return to.op("ReduceSum", [products, to.ints([0])], { keepdims: 0 });
}

function joined(to: Lowering, parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : to.op("Concat", parts, { axis: 1 });
}

// Pads an NCHW tensor; negative numbers cut off.
function padded(
  to: Lowering,
  name: string,
  [top, left, bottom, right]: readonly [number, number, number, number],
): string {
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return name;
  return to.op("Pad", [name, to.ints([0, 0, top, left, 0, 0, bottom, right])], {
    mode: "constant",
  });
}

function pointwise(to: Lowering, x: string, dy: string, info: ConvInfo): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const size = outHeight * outWidth;
  const gradient = correlate(
    to,
    to.reshape(dy, [batchSize, outChannels, size]),
    to.reshape(x, [batchSize, inChannels, size]),
    batchSize,
  );
  return to.reshape(gradient, [outChannels, inChannels, 1, 1]);
}

/** dy shifted by rows times x shifted by columns. */
export function shiftBoth(to: Lowering, x: string, dy: string, info: ConvInfo): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, padInfo, inHeight } = info;
  const { filterHeight: rows, filterWidth: columns } = info;
  const images = outHeight * outWidth * (inChannels + outChannels);
  const products = rows * columns * inChannels * outChannels;
  // Small images with many channels: laying the batch out inside the rows, [C, H, N, W], makes it part of the sum and
  // costs less than adding up one product an image.
  const isTurned = batchSize > 1 && products > images;
  const turn = (name: string) =>
    isTurned ? to.op("Transpose", [name], { perm: [1, 2, 0, 3] }) : name;
  const batch = isTurned ? 1 : batchSize;
  const rowSize = isTurned ? batchSize * outWidth : outWidth;

  const { top, bottom, left } = padInfo;
  const height = inHeight + top + bottom;
  const [turnedX, turnedDy] = [turn(x), turn(dy)];
  const inputs = range(columns).map((s) => {
    const right = outWidth + s - left - info.inWidth;
    const sides = isTurned
      ? [0, top, 0, left - s, 0, bottom, 0, right]
      : [0, 0, top, left - s, 0, 0, bottom, right];
    if (sides.every((side) => side === 0)) return turnedX;
    return to.op("Pad", [turnedX, to.ints(sides)], { mode: "constant" });
  });
  const all =
    inputs.length === 1 ? inputs[0]! : to.op("Concat", inputs, { axis: isTurned ? 0 : 1 });
  const shifted = shiftedDown(to, turnedDy, { batch, rowSize, height }, info);
  const flat = to.reshape(all, [batch, columns * inChannels, height * rowSize]);
  const axes = to.reshape(correlate(to, shifted, flat, batch), [
    outChannels,
    rows,
    columns,
    inChannels,
  ]);
  return to.op("Transpose", [axes], { perm: [0, 3, 1, 2] });
}

// Row h of dy meets row h + r of the padded input: for every r put dy down r rows and fill up with zeros to the padded
// input's height. One copy writes all of them, since the rows of a channel lie one behind the other: 0 dy 0 0 dy 0 ...
function shiftedDown(
  to: Lowering,
  dy: string,
  { batch, rowSize, height }: { batch: number; rowSize: number; height: number },
  { outChannels, outHeight, filterHeight: rows }: ConvInfo,
): string {
  const channels = batch * outChannels;
  const flat = to.reshape(dy, [channels, outHeight * rowSize]);
  const zeros = (count: number) =>
    count === 0
      ? []
      : [to.op("Expand", [to.builder.float(0), to.ints([channels, count * rowSize])])];
  const below = (r: number) => height - outHeight - r;
  const parts = range(rows).flatMap((r) => [
    ...zeros(r === 0 ? 0 : below(r - 1) + r),
    flat,
    ...(r === rows - 1 ? zeros(below(r)) : []),
  ]);
  const all = parts.length === 1 ? flat : to.op("Concat", parts, { axis: 1 });
  return to.reshape(all, [batch, outChannels * rows, height * rowSize]);
}

/** Every tap's copy of x times dy: "im2col". */
export function shiftInput(to: Lowering, x: string, dy: string, info: ConvInfo): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { filterHeight: rows, filterWidth: columns } = info;
  const wide = padded(to, x, [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right]);
  const taps = range(rows).flatMap((r) =>
    range(columns).map((s) => {
      const start = [r * dilationHeight, s * dilationWidth] as const;
      const end = [
        start[0] + (outHeight - 1) * strideHeight + 1,
        start[1] + (outWidth - 1) * strideWidth + 1,
      ];
      const steps = [strideHeight, strideWidth];
      const slice = [to.ints([...start]), to.ints(end), to.ints([2, 3]), to.ints(steps)];
      return to.op("Slice", [wide, ...slice]);
    }),
  );
  const size = outHeight * outWidth;
  const product = correlate(
    to,
    to.reshape(dy, [batchSize, outChannels, size]),
    to.reshape(joined(to, taps), [batchSize, rows * columns * inChannels, size]),
    batchSize,
  );
  const axes = to.reshape(product, [outChannels, rows, columns, inChannels]);
  return to.op("Transpose", [axes], { perm: [0, 3, 1, 2] });
}

/** Every tap's copy of dy times x. */
export function shiftGradient(to: Lowering, x: string, dy: string, info: ConvInfo): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { filterHeight: rows, filterWidth: columns, inHeight, inWidth } = info;
  // dy as seen from input position (h', w') through tap (r, s): dy[h' - r + top, w' - s + left], zero outside.
  const taps = range(rows).flatMap((r) =>
    range(columns).map((s) => {
      const [down, along] = [r - padInfo.top, s - padInfo.left];
      return padded(to, dy, [down, along, inHeight - outHeight - down, inWidth - outWidth - along]);
    }),
  );
  const size = inHeight * inWidth;
  const product = correlate(
    to,
    to.reshape(joined(to, taps), [batchSize, rows * columns * outChannels, size]),
    to.reshape(x, [batchSize, inChannels, size]),
    batchSize,
  );
  const axes = to.reshape(product, [rows, columns, outChannels, inChannels]);
  return to.op("Transpose", [axes], { perm: [2, 3, 0, 1] });
}
