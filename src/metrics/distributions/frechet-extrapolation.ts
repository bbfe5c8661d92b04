import { foldIn, permutation, type Key } from "../../engine/random.ts";
import {
  featureScore,
  requireComparable,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { selectRows } from "../table.ts";
import { frechetDistanceFrom } from "./frechet-distance.ts";

/** A Fréchet distance extrapolated to infinitely many generated films. */
export interface ExtrapolatedScore extends FeatureScore {
  /** The distances that the line was fitted through. */
  readonly points: readonly { readonly generated: number; readonly value: number }[];
}

/**
 * FID∞: the intercept of a line fitted to the distance against 1/N, over random subsets of the generated films.
 * Chong and Forsyth 2020 (arXiv:1911.07023). The reference is used whole; its own bias stays.
 *
 * @param options `stream` shuffles for each point; `points` sizes evenly from `smallest` to all, 15 when omitted;
 *   `smallest` is max(2, a tenth of all films, 2 D) when omitted.
 */
export function extrapolatedFrechetDistance(
  films: { readonly reference: Features; readonly generated: Features },
  {
    stream,
    points = 15,
    smallest,
  }: { readonly stream: Key; readonly points?: number; readonly smallest?: number },
): ExtrapolatedScore {
  const metric = "extrapolatedFrechetDistance";
  requireComparable(metric, films);
  const [all, dimensions] = films.generated.shape;
  const begin = smallest ?? Math.ceil(Math.max(2, all / 10, 2 * dimensions));
  if (!(begin >= 2 && begin < all && points >= 2)) {
    throw new MetricInputError(
      metric,
      "smallest",
      `is ${begin} of ${all} films in ${points} points; give from 2 to fewer than all films and 2 points or more.`,
    );
  }
  const distance = frechetDistanceFrom(films.reference);
  const measured = Array.from({ length: points }, (_, point) => {
    const generated = Math.floor(begin + ((all - begin) * point) / (points - 1));
    const rows = permutation(foldIn(stream, point), all).subarray(0, generated);
    return { generated, value: distance(selectRows(films.generated, rows)) };
  });
  return {
    ...featureScore(
      intercept(measured.map(({ generated, value }) => [1 / generated, value])),
      films,
    ),
    points: measured,
  };
}

// Of the least-squares line through (x, y).
function intercept(points: readonly (readonly [number, number])[]): number {
  const meanOf = (axis: 0 | 1) => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const [meanX, meanY] = [meanOf(0), meanOf(1)];
  const across = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const along = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return meanY - (across / along) * meanX;
}
