import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { greyFromPixels, type RawPixels } from "../formats/grey.ts";
import { decodeDicom, isDicom, isDicomName } from "./decode-dicom.ts";

/**
 * How a film that is not square becomes square. "pad" adds black so that nothing is lost; "crop" keeps
 * the middle of the longer side so that the scale of all films is the same.
 */
export type SquareFit = "pad" | "crop";

export interface DecodeOptions {
  readonly imageSizePx: number;
  readonly fit: SquareFit;
}

/**
 * Decodes an image file (PNG, JPEG, TIFF, WebP ..., DICOM) to a square grey film, one byte a pixel, shape
 * [H, W]: turned as its EXIF orientation says, alpha dropped, 16-bit files scaled by their own white, DICOM
 * shown as its window says (`showDicom`). Reduced with an averaging kernel, so that nothing flickers.
 *
 * @throws Error with the decoder's reason when the file is missing, cut or no image.
 */
export async function decodeFilm(
  file: string | Uint8Array,
  { imageSizePx, fit }: DecodeOptions,
): Promise<Uint8Array> {
  return squareFilm(await openImage(file), { imageSizePx, fit });
}

/** Makes pixels that are decoded already a square grey film, as `decodeFilm` does. */
export async function squarePixels(
  { data, width, height, channels }: RawPixels & { readonly data: Uint8Array },
  options: DecodeOptions,
): Promise<Uint8Array> {
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 };
  return squareFilm(sharp(data, { raw }).removeAlpha(), options);
}

async function squareFilm(image: Sharp, { imageSizePx, fit }: DecodeOptions): Promise<Uint8Array> {
  const { data, info } = await image
    .resize(imageSizePx, imageSizePx, {
      fit: fit === "pad" ? "contain" : "cover",
      background: { r: 0, g: 0, b: 0 },
      kernel: "lanczos3",
    })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 1) return new Uint8Array(data);
  const grey = greyFromPixels({
    data,
    width: info.width,
    height: info.height,
    channels: info.channels,
  });
  return bytesFromGrey(grey);
}

async function openImage(file: string | Uint8Array): Promise<Sharp> {
  const dicom = await dicomBytes(file);
  if (dicom !== undefined) {
    const { grey, widthPx, heightPx } = await decodeDicom(dicom);
    return eightBitGrey(grey, widthPx, heightPx);
  }
  const image = sharp(file, {
    failOn: "error",
    limitInputPixels: 2 ** 28,
    sequentialRead: true,
  }).autoOrient();
  const { depth } = await image.metadata();
  return depth === "ushort" || depth === "short" ? eightBitFromDeep(image) : image.removeAlpha();
}

/** The file's bytes where they may be DICOM: it ends in .dcm, or has no ending as exports from archives do. */
async function dicomBytes(file: string | Uint8Array): Promise<Uint8Array | undefined> {
  if (typeof file !== "string") return isDicom(file) ? file : undefined;
  return isDicomName(file) ? readFile(file) : undefined;
}

// White must be found before resizing, whose overshoot would hide how many bits the detector has.
async function eightBitFromDeep(image: Sharp): Promise<Sharp> {
  const { data, info } = await image
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const values = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  const grey = greyFromPixels({ data: values, width, height, channels });
  return eightBitGrey(grey, width, height);
}

function eightBitGrey(grey: Float32Array, width: number, height: number): Sharp {
  return sharp(bytesFromGrey(grey), { raw: { width, height, channels: 1 } });
}

function bytesFromGrey(grey: Float32Array): Uint8Array {
  const bytes = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) bytes[i] = Math.round(255 * grey[i]!);
  return bytes;
}
