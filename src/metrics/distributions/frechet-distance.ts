import { foldIn, permutation, type Key } from "../../engine/random.ts";
import {
  featureScore,
  requireComparable,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { selectRows } from "../table.ts";
import { moments, positiveEigenvalues, symmetricSquareRoot, type Moments } from "./moments.ts";

/**
 * Fréchet distance of two Gaussians: |μ1 − μ2|² + tr(Σ1 + Σ2 − 2(Σ1Σ2)^½), never below 0 but for rounding.
 * Heusel et al. 2017 (arXiv:1706.08500), eq. 6. The trace is taken from the eigenvalues of Σ1^½ Σ2 Σ1^½, which needs
 * neither complex numbers nor a correction when a covariance is singular.
 */
export function frechetDistanceOfMoments(first: Moments, second: Moments): number {
  return distanceFrom(first)(second);
}

/**
 * Fréchet distance of generated films from reference films in feature space (FID when the extractor is Inception).
 * Biased upwards at small N by an amount that depends on the generator (Chong and Forsyth 2020): compare generators by
 * {@link nullSubtractedFrechetDistance} or {@link extrapolatedFrechetDistance}.
 *
 * @param films Features [N, D] of one extractor, N at least 2; else MetricInputError.
 */
export function frechetDistance(films: {
  readonly reference: Features;
  readonly generated: Features;
}): FeatureScore {
  requireComparable("frechetDistance", films);
  return featureScore(
    frechetDistanceOfMoments(moments(films.reference), moments(films.generated)),
    films,
  );
}

/**
 * Prepares many Fréchet distances from one reference, whose eigenvalues are found once: for bootstrap intervals.
 *
 * @returns The distance of generated features [N, D].
 */
export function frechetDistanceFrom(reference: Features): (generated: Features) => number {
  const distance = distanceFrom(moments(reference));
  return (generated) => {
    requireComparable("frechetDistanceFrom", { reference, generated });
    return distance(moments(generated));
  };
}

/** A Fréchet distance less what as many real films would score. */
export interface NullSubtractedScore extends FeatureScore {
  /** The distance before subtraction. */
  readonly raw: number;
  /** Mean distance of as many held-out real films, and its standard deviation over draws. */
  readonly nullDistance: { readonly mean: number; readonly standardDeviation: number };
}

/**
 * Fréchet distance minus the mean distance of equally many held-out real films: FID(ref, gen_N) − E FID(ref, real_N).
 * 0 for a perfect generator at every N, and so may be negative. Notes: method.md 4.3.
 *
 * @param films `heldOut`: real films that are not in the reference, at least as many as generated.
 * @param options `stream` picks the draws; `draws` of held-out films, 20 when omitted.
 */
export function nullSubtractedFrechetDistance(
  films: { readonly reference: Features; readonly generated: Features; readonly heldOut: Features },
  { stream, draws = 20 }: { readonly stream: Key; readonly draws?: number },
): NullSubtractedScore {
  const metric = "nullSubtractedFrechetDistance";
  const { reference, generated, heldOut } = films;
  requireComparable(metric, films);
  requireComparable(metric, { reference, generated: heldOut });
  const count = generated.shape[0];
  if (heldOut.shape[0] < count) {
    throw new MetricInputError(
      metric,
      "heldOut",
      `has ${heldOut.shape[0]} films, generated ${count}; give at least as many held-out ones.`,
    );
  }
  if (!(draws >= 2)) throw new MetricInputError(metric, "draws", `is ${draws}; give 2 or more.`);
  const distance = distanceFrom(moments(reference));
  const nulls = Array.from({ length: draws }, (_, draw) => {
    const rows = permutation(foldIn(stream, draw), heldOut.shape[0]).subarray(0, count);
    return distance(moments(selectRows(heldOut, rows)));
  });
  const mean = nulls.reduce((sum, value) => sum + value, 0) / draws;
  const variance = nulls.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
  const raw = distance(moments(generated));
  return {
    ...featureScore(raw - mean, films),
    raw,
    nullDistance: { mean, standardDeviation: Math.sqrt(variance) },
  };
}

/** A Fréchet distance extrapolated to infinitely many generated films. */
export interface ExtrapolatedScore extends FeatureScore {
  /** The distances that the line was fitted through. */
  readonly points: readonly { readonly generated: number; readonly value: number }[];
}

/**
 * FID∞: the intercept of a line fitted to the distance against 1/N, over random subsets of the generated films.
 * Chong and Forsyth 2020 (arXiv:1911.07023), section 3.2. The reference is used whole; its own bias stays.
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
  const distance = distanceFrom(moments(films.reference));
  const measured = Array.from({ length: points }, (_, point) => {
    const generated = Math.floor(begin + ((all - begin) * point) / (points - 1));
    const rows = permutation(foldIn(stream, point), all).subarray(0, generated);
    return { generated, value: distance(moments(selectRows(films.generated, rows))) };
  });
  return {
    ...featureScore(
      intercept(measured.map(({ generated, value }) => [1 / generated, value])),
      films,
    ),
    points: measured,
  };
}

// The first covariance's root is the costly part and is shared by all distances from it.
function distanceFrom(first: Moments): (second: Moments) => number {
  const root = symmetricSquareRoot(first.covariance);
  return (second) => {
    const product = root.mmul(second.covariance).mmul(root);
    // Rounding leaves it slightly unsymmetric.
    const symmetric = product.clone().add(product.transpose()).mul(0.5);
    const rootTrace = positiveEigenvalues(symmetric).reduce((sum, l) => sum + Math.sqrt(l), 0);
    const shift = first.mean.reduce((sum, mean, i) => sum + (mean - second.mean[i]!) ** 2, 0);
    return shift + first.covariance.trace() + second.covariance.trace() - 2 * rootTrace;
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
