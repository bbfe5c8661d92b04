import {
  featureScore,
  requireComparable,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { quantile } from "../statistics/quantile.ts";
import { nearestDistances, neighbourRadii } from "./nearest-neighbours.ts";

/** Share of generated films that are suspiciously near a training film. */
export interface Memorisation extends FeatureScore {
  /** The training films' own nearest-neighbour distance at `percentile`. */
  readonly threshold: number;
  readonly percentile: number;
  /**
   * For each generated film the percentage of training films that lie nearer to another training film than it lies to
   * its nearest one: 0 a copy, about 50 as training films are to each other.
   */
  readonly nearestPercentiles: Float64Array;
}

/**
 * Share of generated films nearer to a training film than the given percentile of training films' distances from each
 * other. An honest generator scores about percentile/100. Notes: method.md 4.3.
 *
 * @param films `reference`: the training films, [N, D], at least 2; else MetricInputError.
 * @param options `percentile` from 0 to 100; 1 when omitted.
 */
export function memorisation(
  films: { readonly reference: Features; readonly generated: Features },
  { percentile = 1 }: { readonly percentile?: number } = {},
): Memorisation {
  requireComparable("memorisation", films, 1);
  if (films.reference.shape[0] < 2) {
    throw new MetricInputError("memorisation", "reference", "has 1 film; give 2 or more.");
  }
  if (!(percentile >= 0 && percentile <= 100)) {
    throw new MetricInputError("memorisation", "percentile", `is ${percentile}; give 0 to 100.`);
  }
  const own = neighbourRadii(films.reference, 1).sort();
  const threshold = quantile(own, percentile / 100);
  const nearest = nearestDistances(films.generated, films.reference);
  const near = nearest.reduce((count, distance) => count + (distance < threshold ? 1 : 0), 0);
  return {
    ...featureScore(near / nearest.length, films),
    threshold,
    percentile,
    nearestPercentiles: nearest.map((distance) => (100 * countBelow(own, distance)) / own.length),
  };
}

// How many numbers of a sorted list are below a limit.
function countBelow(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
