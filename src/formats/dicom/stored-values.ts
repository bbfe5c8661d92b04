import { FormatError } from "../format-error.ts";
import { greyFromPixels } from "../grey.ts";
import { BIG_ENDIAN, type DicomImage } from "./dicom-film.ts";

/** Numbers as a codec gives them, one or three a pixel. */
export type DecodedValues = ArrayLike<number>;

/**
 * The numbers of an image whose pixels are not compressed, shape [H, W] or, in colour, [H, W, 3].
 *
 * @throws FormatError when the file ends before its pixels do, or has pixels of a width that nobody uses.
 */
export function nativeValues(image: DicomImage, pixels: Uint8Array): DecodedValues {
  const { widthPx, heightPx, samplesPerPixel, bitsAllocated, transferSyntax } = image;
  const count = widthPx * heightPx * samplesPerPixel;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw new FormatError("dicom", `pixels of ${bitsAllocated} bits are not supported`, {
      fix: "Convert the file to 8 or 16 bits allocated.",
    });
  }
  const sizeBytes = (count * bitsAllocated) / 8;
  if (pixels.length < sizeBytes) {
    throw new FormatError("dicom", `there are ${pixels.length} of ${sizeBytes} bytes of pixels`, {
      fix: "The file is cut off: copy it again.",
    });
  }
  const values =
    bitsAllocated === 8
      ? pixels.subarray(0, count)
      : sixteenBit(pixels, count, transferSyntax !== BIG_ENDIAN);
  return image.isPlanar && samplesPerPixel === 3 ? interleave(values) : values;
}

/**
 * The numbers that the file means: bits that do not belong to the image are cut off, signs restored. Colours become
 * grey by Rec. 601.
 *
 * @param values One or three a pixel, in any order of bits above those stored.
 */
export function storedValues(image: DicomImage, values: DecodedValues): Int32Array {
  const { widthPx, heightPx, samplesPerPixel, bitsStored, highBit, isSigned, photometric } = image;
  const count = widthPx * heightPx;
  if (values.length < count * samplesPerPixel) {
    throw new FormatError(
      "dicom",
      `${values.length} numbers are too few for ${widthPx}×${heightPx} pixels`,
      {
        fix: "Copy the file again.",
      },
    );
  }
  if (samplesPerPixel === 3) {
    // Native YBR_FULL: the first of the three is the brightness.
    if (photometric === "YBR_FULL")
      return Int32Array.from({ length: count }, (_, i) => values[3 * i]!);
    const data = Uint8Array.from({ length: 3 * count }, (_, i) => values[i]!);
    const grey = greyFromPixels({ data, width: widthPx, height: heightPx, channels: 3 });
    return Int32Array.from(grey, (value) => Math.round(255 * value));
  }
  const shift = Math.max(0, highBit + 1 - bitsStored);
  const mask = 2 ** bitsStored - 1;
  const sign = isSigned ? 2 ** (bitsStored - 1) : Infinity;
  const stored = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = (values[i]! >> shift) & mask;
    stored[i] = value >= sign ? value - 2 * sign : value;
  }
  return stored;
}

function sixteenBit(pixels: Uint8Array, count: number, isLittleEndian: boolean): Uint16Array {
  const view = new DataView(pixels.buffer, pixels.byteOffset, 2 * count);
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getUint16(2 * i, isLittleEndian);
  return values;
}

function interleave(planes: ArrayLike<number>): Uint16Array {
  const count = planes.length / 3;
  return Uint16Array.from(
    { length: planes.length },
    (_, i) => planes[(i % 3) * count + Math.floor(i / 3)]!,
  );
}
