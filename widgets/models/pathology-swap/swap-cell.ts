import { bytesFromIntensities, filmDistance } from "../../drawing/intensity.ts";
import { requirePixels, type SwapResult } from "./pathology-swap-options.ts";
import type { CellPlace, Distance } from "./pathology-swap-protocol.ts";

/** What became of one cell, with its films as bytes. */
export type SwapCell =
  | {
      readonly status: "ready";
      readonly image: Uint8Array;
      readonly reconstruction: Uint8Array | null;
      readonly fromOriginal: Distance;
      readonly fromReconstruction: Distance | null;
    }
  | { readonly status: "failed"; readonly message: string };

/** A cell's name in a map. */
export function cellKey({ identity, pathology }: CellPlace): string {
  return `${identity},${pathology}`;
}

/** Checks what a provider gave, measures it and packs it into bytes. */
export function readyCell(
  given: ArrayLike<number> | SwapResult,
  original: ArrayLike<number>,
  imageSizePx: number,
): SwapCell {
  const { image, reconstruction } = "image" in given ? given : { image: given };
  requirePixels(image, imageSizePx, "the counterfactual");
  requireNumbers(image);
  if (reconstruction !== undefined) {
    requirePixels(reconstruction, imageSizePx, "the reconstruction");
    requireNumbers(reconstruction);
  }
  return {
    status: "ready",
    image: bytesFromIntensities(image),
    reconstruction: reconstruction === undefined ? null : bytesFromIntensities(reconstruction),
    fromOriginal: filmDistance(image, original),
    fromReconstruction: reconstruction === undefined ? null : filmDistance(image, reconstruction),
  };
}

/** A failure in one line, short enough for a cell. */
export function failedCell(cause: unknown): SwapCell {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.split("\n", 1)[0]!.trim();
  return { status: "failed", message: line.slice(0, 200) || "It failed without a message." };
}

function requireNumbers(image: ArrayLike<number>): void {
  for (let index = 0; index < image.length; index++) {
    if (!Number.isFinite(image[index])) {
      throw new RangeError(
        `PathologySwap: pixel ${index} is ${image[index]!}; pixels are finite numbers.`,
      );
    }
  }
}
