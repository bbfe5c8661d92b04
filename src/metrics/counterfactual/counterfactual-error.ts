import {
  structuralSimilarityMap,
  type FilmStack,
  type SimilarityWindow,
} from "../distributions/structural-similarity.ts";
import { MetricInputError } from "../metric-input-error.ts";

/** Errors over one kind of pixels; NaN where there are none. */
export interface RegionError {
  /** Over all pixels of all films, of white = 1. */
  readonly meanAbsoluteError: number;
  /** 10 log10(1/mean squared error), in decibels. */
  readonly peakSignalToNoiseDb: number;
  /** Mean structural similarity of windows centred on these pixels. */
  readonly structuralSimilarity: number;
  readonly pixels: number;
  /** Mean absolute error of each film, for intervals. */
  readonly byFilm: Float64Array;
}

/** How far counterfactuals are from the exact ones. */
export interface CounterfactualError {
  /** Inside the lesion: is the change right? */
  readonly inside: RegionError;
  /** Outside it: was the rest left alone? */
  readonly outside: RegionError;
  readonly films: number;
}

/**
 * Error of counterfactual films against exact ones, inside and outside the lesion. Only a phantom can render exact ones.
 * Notes: method.md 4.4.
 *
 * @param films `made` and `exact`, shape [N, H, W], of white = 1; `lesion` 1 in the union of the source's and the
 *   target's lesion masks, 0 elsewhere, as many numbers; else MetricInputError.
 * @param window Of structural similarity; its outermost pixels have no window around them and do not count there.
 */
export function counterfactualError(
  {
    made,
    exact,
    lesion,
  }: { readonly made: FilmStack; readonly exact: FilmStack; readonly lesion: ArrayLike<number> },
  window: SimilarityWindow = {},
): CounterfactualError {
  if (lesion.length !== exact.data.length) {
    throw new MetricInputError(
      "counterfactualError",
      "lesion",
      `has ${lesion.length} pixels, exact ${exact.data.length}; give one number a pixel.`,
    );
  }
  const [films, height, width] = exact.shape;
  const pixels = height * width;
  const { windowSizePx = 11 } = window;
  const margin = (windowSizePx - 1) / 2;
  const sums = [newSums(films), newSums(films)] as const;
  for (let film = 0; film < films; film++) {
    const map = structuralSimilarityMap(made, exact, { ...window, film });
    for (let pixel = 0; pixel < pixels; pixel++) {
      const at = film * pixels + pixel;
      const region = sums[lesion[at] === 0 ? 0 : 1];
      const error = made.data[at]! - exact.data[at]!;
      region.absolute[film]! += Math.abs(error);
      region.squared += error ** 2;
      region.pixels[film]! += 1;
      const row = Math.floor(pixel / width) - margin;
      const column = (pixel % width) - margin;
      if (row < 0 || column < 0 || row >= map.heightPx || column >= map.widthPx) continue;
      region.similarity += map.similarity[row * map.widthPx + column]!;
      region.windows++;
    }
  }
  return { outside: regionError(sums[0]), inside: regionError(sums[1]), films };
}

interface RegionSums {
  readonly absolute: Float64Array;
  readonly pixels: Float64Array;
  squared: number;
  similarity: number;
  windows: number;
}

function newSums(films: number): RegionSums {
  const [absolute, pixels] = [new Float64Array(films), new Float64Array(films)];
  return { absolute, pixels, squared: 0, similarity: 0, windows: 0 };
}

function regionError({ absolute, pixels, squared, similarity, windows }: RegionSums): RegionError {
  const all = pixels.reduce((sum, count) => sum + count, 0);
  return {
    meanAbsoluteError: absolute.reduce((sum, error) => sum + error, 0) / all,
    peakSignalToNoiseDb: -10 * Math.log10(squared / all),
    structuralSimilarity: similarity / windows,
    pixels: all,
    byFilm: absolute.map((error, film) => error / pixels[film]!),
  };
}
