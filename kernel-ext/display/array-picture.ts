import { deflateSync } from "node:zlib";
import { encodePng, type Raster } from "../../widgets/models/picture/png.ts";
import { rangeOf, type NumberArray, type NumericArray } from "./numeric-array.ts";

const smallestSidePx = 8;
const largestSidePx = 8192;
/** Longest side of the picture. */
const shownSidePx = 256;
const maxInRow = 8;

interface ImageStack {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/** A small PNG of an array that is an image or a batch of them: [H, W], [H, W, C] or [N, H, W, C] with 1, 3 or 4 channels. */
export function arrayPicture({ dtype, shape, data }: NumericArray): Uint8Array | undefined {
  const stack = imageStack(shape);
  if (stack === undefined || !/int|float/.test(dtype)) return undefined;
  const toByte = byteScale(data, dtype);
  if (toByte === undefined) return undefined;
  return encodePng(
    drawRow(stack, (index) => toByte(data[index]!)),
    { deflate: deflateSync },
  );
}

function imageStack(shape: readonly number[]): ImageStack | undefined {
  const [count, height, width, channels] =
    shape.length === 2
      ? [1, shape[0]!, shape[1]!, 1]
      : shape.length === 3
        ? [1, ...(shape as [number, number, number])]
        : shape.length === 4
          ? (shape as [number, number, number, number])
          : [];
  if (count === undefined || count === 0) return undefined;
  const isSide = (side: number | undefined): boolean =>
    side !== undefined && side >= smallestSidePx && side <= largestSidePx;
  if (!isSide(height) || !isSide(width)) return undefined;
  if (channels !== 1 && channels !== 3 && channels !== 4) return undefined;
  return { count, height: height!, width: width!, channels };
}

/** How a number becomes 0 to 255: bytes as they are, 0 to 1 and -1 to 1 in full, anything else from its least to its greatest. */
function byteScale(data: NumberArray, dtype: string): ((value: number) => number) | undefined {
  const range = rangeOf(data);
  if (range === undefined || !Number.isFinite(range.max - range.min)) return undefined;
  const { min, max } = range;
  const isInteger = dtype.includes("int");
  const [low, high] =
    isInteger && min >= 0 && max <= 255 && max > 1
      ? [0, 255]
      : min >= 0 && max <= 1
        ? [0, 1]
        : min >= -1 && max <= 1
          ? [-1, 1]
          : [min, max];
  const scale = high > low ? 255 / (high - low) : 0;
  return (value) => Math.round((value - low) * scale);
}

/** The images side by side, in whole steps larger or smaller. */
function drawRow(
  { count, height, width, channels }: ImageStack,
  byteAt: (index: number) => number,
): Raster {
  const shown = Math.min(count, maxInRow);
  const longest = Math.max(height, width);
  const shrink = Math.ceil(longest / shownSidePx);
  const grow = Math.max(1, Math.floor(shownSidePx / 2 / longest));
  const gapPx = shown > 1 ? 2 : 0;
  const tileWidth = Math.floor(width / shrink) * grow;
  const heightPx = Math.floor(height / shrink) * grow;
  const widthPx = shown * tileWidth + (shown - 1) * gapPx;
  const pixels = new Uint8Array(widthPx * heightPx * channels).fill(255);
  for (let tile = 0; tile < shown; tile += 1) {
    for (let y = 0; y < heightPx; y += 1) {
      for (let x = 0; x < tileWidth; x += 1) {
        const to = (y * widthPx + tile * (tileWidth + gapPx) + x) * channels;
        const row = Math.floor(y / grow) * shrink;
        const column = Math.floor(x / grow) * shrink;
        const from = ((tile * height + row) * width + column) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          pixels[to + channel] = meanByte(from + channel);
        }
      }
    }
  }
  return { widthPx, heightPx, channels, pixels };

  /** The mean of the block that one pixel stands for. */
  function meanByte(from: number): number {
    if (shrink === 1) return byteAt(from);
    let sum = 0;
    for (let y = 0; y < shrink; y += 1) {
      for (let x = 0; x < shrink; x += 1) sum += byteAt(from + (y * width + x) * channels);
    }
    return sum / shrink ** 2;
  }
}
