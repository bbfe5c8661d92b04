import { bytesFromIntensities, filmDistance } from "../../drawing/intensity.ts";
import { requirePixels, type SwapResult } from "./pathology-swap-options.ts";
import type { CellPlace, Distance } from "./pathology-swap-protocol.ts";

/** What became of one cell, with its films as bytes. */
export type SwapCell =
  | {
      readonly status: "ready";
      readonly image: Uint8Array;
      readonly reconstruction: Uint8Array | null;
      readonly exact: Uint8Array | null;
      readonly severity: number;
      readonly fromOriginal: Distance;
      readonly fromReconstruction: Distance | null;
      readonly fromExact: Distance | null;
      readonly originalFromExact: Distance | null;
      readonly codes: Readonly<Record<string, readonly number[]>>;
      readonly seed: number | null;
    }
  | { readonly status: "failed"; readonly message: string; readonly severity: number };

type GivenFilm = ArrayLike<number> | undefined;

/** A cell's name in a map. */
export function cellKey({ identity, pathology }: CellPlace): string {
  return `${identity},${pathology}`;
}

/** Checks what a provider gave, measures it and packs it into bytes. */
export function readyCell(
  given: ArrayLike<number> | SwapResult,
  original: ArrayLike<number>,
  { imageSizePx, severity }: { readonly imageSizePx: number; readonly severity: number },
): SwapCell {
  const result: SwapResult = "image" in given ? given : { image: given };
  const { image, reconstruction, exact, codes = {}, seed = null } = result;
  const films = { counterfactual: image, reconstruction, "exact counterfactual": exact };
  for (const [name, film] of Object.entries(films)) {
    if (film === undefined) continue;
    requirePixels(film, imageSizePx, `the ${name}`);
    requireNumbers(film);
  }
  const bytes = (film: GivenFilm): Uint8Array | null =>
    film === undefined ? null : bytesFromIntensities(film);
  const distance = (from: ArrayLike<number>, to: GivenFilm): Distance | null =>
    to === undefined ? null : filmDistance(from, to);
  return {
    ...{ status: "ready", severity, seed },
    image: bytesFromIntensities(image),
    reconstruction: bytes(reconstruction),
    exact: bytes(exact),
    fromOriginal: filmDistance(image, original),
    fromReconstruction: distance(image, reconstruction),
    fromExact: distance(image, exact),
    originalFromExact: distance(original, exact),
    codes: Object.fromEntries(
      Object.entries(codes).map(([name, code]) => [name, Array.from(code)]),
    ),
  };
}

/** A failure in one line, short enough for a cell. */
export function failedCell(cause: unknown, severity: number): SwapCell {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.split("\n", 1)[0]!.trim();
  return {
    ...{ status: "failed", severity },
    message: line.slice(0, 200) || "It failed without a message.",
  };
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
