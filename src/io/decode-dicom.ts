import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bareDicom,
  isNative,
  nativeValues,
  readDicom,
  showDicom,
  storedValues,
  type DecodedValues,
  type DicomImage,
} from "../formats/dicom/index.ts";

/** A DICOM film as it is to be looked at, before it is made square and small. */
export interface DecodedDicom {
  /** Shape [H, W], 0 black to 1 white. */
  readonly grey: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Whether bytes begin as a DICOM file: DICM after a preamble of 128 bytes. */
export function isDicom(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
}

/** Whether a file is called as DICOM files are: .dcm, .dicom, or without an ending, as archives export them. */
export function isDicomName(path: string): boolean {
  const [, ending] = /[^/\\]\.([^./\\]+)$/.exec(path) ?? [];
  return ending === undefined || /^(dcm|dicom|\d+)$/i.test(ending);
}

/**
 * Decodes the one film of a DICOM file and shows it as the file says (`showDicom`). Pixels that are not compressed are read
 * here; JPEG, JPEG-LS, JPEG 2000 and run lengths are decoded by ITK's reader, compiled to WebAssembly.
 *
 * @throws Error in words when there is no film, several of them, or no codec.
 */
export async function decodeDicom(bytes: Uint8Array): Promise<DecodedDicom> {
  const { film, pixels } = readDicom(bytes);
  const { image } = film;
  if (image === undefined) {
    throw new Error(`it holds no pixels, modality ${film.modality ?? "unknown"}`);
  }
  if (image.frames > 1) throw new Error(`it holds ${image.frames} frames, not one film`);
  if (!/^(MONOCHROME[12]|RGB|YBR_(FULL|FULL_422|RCT|ICT))$/.test(image.photometric)) {
    throw new Error(`its colours are ${image.photometric}, not grey or RGB`);
  }
  const values = isNative(image) ? nativeValues(image, pixels) : await decompressed(image, pixels);
  return {
    grey: showDicom(image, storedValues(image, values)),
    widthPx: image.widthPx,
    heightPx: image.heightPx,
  };
}

async function decompressed(image: DicomImage, pixels: Uint8Array): Promise<DecodedValues> {
  // Loaded only where it is needed: most data sets are PNG or JPEG.
  const { readImageDicomFileSeriesNode } = await import("@itk-wasm/dicom");
  // The reader takes paths; the folder is this user's alone, and the file names no person.
  const folder = await mkdtemp(join(tmpdir(), "counterlab-dicom-"));
  try {
    const path = join(folder, "film.dcm");
    await writeFile(path, bareDicom(image, pixels));
    const { outputImage } = await readImageDicomFileSeriesNode({
      inputImages: [path],
      singleSortedSeries: true,
    });
    return outputImage.data as unknown as DecodedValues;
  } catch (cause) {
    throw new Error(
      `its pixels (transfer syntax ${image.transferSyntax}) are broken or of an unknown kind`,
      {
        cause,
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
