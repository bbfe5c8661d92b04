import { whiteLevel } from "../grey.ts";
import type { DicomImage, LookupTable, VoiWindow } from "./dicom-film.ts";

/**
 * Shows stored numbers as the file says: rescaling or modality table, then VOI table or window (DICOM PS3.3
 * C.11.2.1.2), MONOCHROME1 turned round. Without table and window, all that the stored bits can hold is
 * spread; of 16 bits those that the numbers need (see `whiteLevel`). Padding is black.
 *
 * @param stored Shape [H, W], as the file stores them, signed where it says so.
 * @returns Shape [H, W], 0 black to 1 white.
 */
export function showDicom(image: DicomImage, stored: Int32Array): Float32Array {
  const { rescale, modalityTable, voiTable, window, padding, photometric } = image;
  const toModality =
    modalityTable === undefined
      ? (value: number) => value * rescale.slope + rescale.intercept
      : (value: number) => lookUp(modalityTable, value);
  const toGrey =
    voiTable !== undefined
      ? (value: number) => lookUp(voiTable, value) / (2 ** voiTable.bits - 1)
      : window !== undefined
        ? (value: number) => throughWindow(window, value)
        : throughRange(...rangeOf(image, stored));
  const isTurned = photometric === "MONOCHROME1";
  const [paddingLow, paddingHigh] = padding ?? [Infinity, -Infinity];
  // A film has millions of pixels and some thousand different numbers: each number is worked out once.
  const shownOf = new Map<number, number>();
  const shown = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i]!;
    let grey = shownOf.get(value);
    if (grey === undefined) {
      grey = toGrey(toModality(value));
      if (isTurned) grey = 1 - grey;
      if (value >= paddingLow && value <= paddingHigh) grey = 0;
      shownOf.set(value, grey);
    }
    shown[i] = grey;
  }
  return shown;
}

function lookUp({ first, entries }: LookupTable, value: number): number {
  const index = Math.round(value) - first;
  return entries[Math.min(Math.max(index, 0), entries.length - 1)]!;
}

function throughWindow({ center, width, shape }: VoiWindow, value: number): number {
  if (shape === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  // A window of width 1 is a threshold.
  const [middle, span] = shape === "LINEAR" ? [center - 0.5, width - 1] : [center, width];
  if (value <= middle - span / 2) return 0;
  if (value > middle + span / 2) return 1;
  return (value - middle) / span + 0.5;
}

function throughRange(low: number, high: number): (value: number) => number {
  return (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function rangeOf(image: DicomImage, stored: Int32Array): [number, number] {
  const { bitsStored, isSigned, rescale, modalityTable } = image;
  if (modalityTable !== undefined) return [0, 2 ** modalityTable.bits - 1];
  let ends = isSigned
    ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1]
    : [0, 2 ** bitsStored - 1];
  if (bitsStored === 16) {
    ends = isSigned ? smallestAndLargest(stored) : [0, whiteLevel(Uint16Array.from(stored))];
  }
  const [low, high] = ends.map((end) => end * rescale.slope + rescale.intercept) as [
    number,
    number,
  ];
  return low <= high ? [low, high] : [high, low];
}

function smallestAndLargest(stored: Int32Array): number[] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of stored) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? [low, high] : [low, low + 1];
}
