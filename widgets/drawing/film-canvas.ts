import { differenceStep, type ColourMap } from "./colour-map.ts";

/** A square film of bytes, row by row. */
export interface ByteFilm {
  readonly bytes: Uint8Array;
  readonly sizePx: number;
}

/** RGBA pixels of a film: each byte goes through `lookup` (see `windowLookup`) to a grey. */
export function filmPixels(bytes: Uint8Array, lookup: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(bytes.length * 4);
  for (let index = 0, at = 0; index < bytes.length; index++, at += 4) {
    const grey = lookup[bytes[index]!]!;
    pixels[at] = grey;
    pixels[at + 1] = grey;
    pixels[at + 2] = grey;
    pixels[at + 3] = 255;
  }
  return pixels;
}

/** RGBA pixels of `after` − `before`; `range` (intensity) is where the map ends on either side. */
export function differencePixels(
  before: Uint8Array,
  after: Uint8Array,
  range: number,
  map: ColourMap,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(before.length * 4);
  for (let index = 0; index < before.length; index++) {
    const step = differenceStep((after[index]! - before[index]!) / 255, range, map.size);
    pixels.set(map.rgb.subarray(step * 3, step * 3 + 3), index * 4);
    pixels[index * 4 + 3] = 255;
  }
  return pixels;
}

/**
 * Fills `canvas` with square pixels of side `sizePx`, at the canvas's own size on this screen,
 * smoothly interpolated or as sharp squares.
 */
export function paintSquare(
  canvas: HTMLCanvasElement,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  sizePx: number,
  { isSmooth, shownSizePx }: { readonly isSmooth: boolean; readonly shownSizePx: number },
): void {
  const context = canvas.getContext("2d");
  if (context === null || shownSizePx <= 0) return;
  const scale = canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1;
  const side = Math.max(1, Math.round(shownSizePx * scale));
  if (canvas.width !== side || canvas.height !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  const source = canvas.ownerDocument.createElement("canvas");
  source.width = sizePx;
  source.height = sizePx;
  source.getContext("2d")?.putImageData(new ImageData(pixels, sizePx, sizePx), 0, 0);
  context.imageSmoothingEnabled = isSmooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, side, side);
}
