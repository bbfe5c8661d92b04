/** Raw pixels as a decoder gives them: rows from the top, the channels of a pixel side by side. */
export interface RawPixels {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red green blue, 4 with alpha. */
  readonly channels: number;
}

/**
 * Turns pixels of any depth and channel count into grey from 0 black to 1 white, shape [H, W]. Colours
 * weigh as in Rec. 601; alpha is dropped.
 *
 * @param white The value that is white; the depth's own by default, see `whiteLevel`.
 */
export function greyFromPixels(
  { data, width, height, channels }: RawPixels,
  { white = whiteLevel(data) }: { readonly white?: number } = {},
): Float32Array {
  if (data.length !== width * height * channels || channels < 1 || channels > 4) {
    throw new RangeError(
      `greyFromPixels: ${data.length} values do not make ${width}×${height} pixels of ${channels} channels (1 to 4).`,
    );
  }
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const value =
      channels < 3 ? data[at]! : 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    grey[i] = Math.min(1, value / white);
  }
  return grey;
}

/**
 * The value that stands for white: 255 for bytes; for 16-bit values the largest that 10, 12, 14 or 16
 * bits hold, whichever the brightest pixel needs, since X-ray detectors often fill only part of a 16-bit file.
 */
export function whiteLevel(data: Uint8Array | Uint16Array): number {
  if (data instanceof Uint8Array) return 255;
  let brightest = 0;
  for (const value of data) if (value > brightest) brightest = value;
  const bits = [10, 12, 14].find((depth) => brightest < 2 ** depth) ?? 16;
  return 2 ** bits - 1;
}
