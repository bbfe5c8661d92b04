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
 * Prepares many Fréchet distances from one reference, whose eigenvalues are found once. Not for bootstrap intervals, which
 * films drawn twice push upwards: {@link nullSubtractedFrechetDistanceOfResamples}.
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

/**
 * Prepares null-subtracted distances of many resamples of the same generated films. The null's films are resampled by the same
 * numbers, so that what films drawn twice add to a distance is subtracted too: a resampled plain distance lies above the
 * plain distance altogether.
 *
 * @param films As for {@link nullSubtractedFrechetDistance}, held-out films in random order.
 * @param options `blocks` of held-out films, each as many as generated, that the null is averaged over; as many as there are, up
 *   to 4, when omitted.
 * @returns The distance of the generated films with these row numbers; of all of them when omitted.
 */
export function nullSubtractedFrechetDistanceOfResamples(
  films: { readonly reference: Features; readonly generated: Features; readonly heldOut: Features },
  { blocks }: { readonly blocks?: number } = {},
): (rows?: ArrayLike<number>) => number {
  const metric = "nullSubtractedFrechetDistanceOfResamples";
  const { reference, generated, heldOut } = films;
  requireHeldOut(metric, films);
  const count = generated.shape[0];
  const available = Math.floor(heldOut.shape[0] / count);
  const wanted = blocks ?? Math.min(4, available);
  if (!(wanted >= 1 && wanted <= available)) {
    throw new MetricInputError(metric, "blocks", `is ${wanted}; give 1 to ${available}.`);
  }
  const distance = distanceFrom(moments(reference));
  return (rows = Int32Array.from({ length: count }, (_, row) => row)) => {
    let nulls = 0;
    for (let block = 0; block < wanted; block++) {
      const shifted = Int32Array.from(rows, (row) => row + block * count);
      nulls += distance(moments(selectRows(heldOut, shifted)));
    }
    return distance(moments(selectRows(generated, rows))) - nulls / wanted;
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
  requireHeldOut(metric, films);
  const count = generated.shape[0];
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

function requireHeldOut(
  metric: string,
  films: { readonly reference: Features; readonly generated: Features; readonly heldOut: Features },
): void {
  const { reference, generated, heldOut } = films;
  requireComparable(metric, films);
  requireComparable(metric, { reference, generated: heldOut });
  if (heldOut.shape[0] >= generated.shape[0]) return;
  throw new MetricInputError(
    metric,
    "heldOut",
    `has ${heldOut.shape[0]} films, generated ${generated.shape[0]}; give at least as many held-out ones.`,
  );
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
