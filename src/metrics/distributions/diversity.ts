import { Matrix } from "ml-matrix";
import type { ExtractorIdentity, Features } from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { requireTable } from "../table.ts";
import { positiveEigenvalues } from "./moments.ts";
import { euclidean } from "./nearest-neighbours.ts";
import {
  multiScaleSimilarity,
  type FilmStack,
  type SimilarityWindow,
} from "./structural-similarity.ts";

/** How different films of one set are; compare only at equal `films` and one extractor. */
export interface DiversityScore {
  readonly value: number;
  readonly extractor: ExtractorIdentity;
  readonly films: number;
}

/**
 * Mean Euclidean distance over all pairs of different films in feature space: 2/(N(N − 1)) Σ_{i<j} |x_i − x_j|.
 * Steady in N, unlike {@link vendiScore}.
 *
 * @param features Shape [N, D], N at least 2; else MetricInputError.
 */
export function meanPairwiseDistance(features: Features): DiversityScore {
  requireTable("meanPairwiseDistance", "features", features, 2);
  const films = features.shape[0];
  let sum = 0;
  for (let i = 0; i < films; i++) {
    for (let j = 0; j < i; j++) sum += euclidean(features, i, features, j);
  }
  return { value: (2 * sum) / (films * (films - 1)), extractor: features.extractor, films };
}

/**
 * Prepares mean pairwise distances of many resamples of the same films: the distances are computed once. A film that was drawn
 * twice makes no pair with itself, or every resample would look less diverse than the films are.
 *
 * @param features As for {@link meanPairwiseDistance}.
 * @returns The mean distance of the films with these row numbers, at least two different ones; of all of them when omitted.
 */
export function meanPairwiseDistanceOfResamples(
  features: Features,
): (rows?: ArrayLike<number>) => number {
  requireTable("meanPairwiseDistanceOfResamples", "features", features, 2);
  const films = features.shape[0];
  const distances = new Float64Array(films * films);
  for (let i = 0; i < films; i++) {
    for (let j = 0; j < i; j++) {
      distances[i * films + j] = distances[j * films + i] = euclidean(features, i, features, j);
    }
  }
  return (rows = Int32Array.from({ length: films }, (_, row) => row)) => {
    const times = new Float64Array(films);
    for (const row of Array.from(rows)) times[row]! += 1;
    let sum = 0;
    let pairs = 0;
    for (let i = 0; i < films; i++) {
      if (times[i] === 0) continue;
      let own = 0;
      for (let j = 0; j < films; j++) own += times[j]! * distances[i * films + j]!;
      sum += times[i]! * own;
      pairs += times[i]! * (rows.length - times[i]!);
    }
    return sum / pairs;
  };
}

/**
 * Vendi score, the effective number of different films: exp(−Σ λ log λ) over the eigenvalues of K/N with the cosine
 * kernel. Friedman and Dieng 2023 (arXiv:2210.02410). From 1 (all alike) to N (all orthogonal). Its ratio of two
 * generators grows with N: fix N beforehand.
 *
 * @param features Shape [N, D], no row all 0; else MetricInputError.
 */
export function vendiScore(features: Features): DiversityScore {
  requireTable("vendiScore", "features", features);
  const [films, columns] = features.shape;
  const rows = Array.from({ length: films }, (_, i) => {
    const row = Float64Array.from(features.data.subarray(i * columns, (i + 1) * columns));
    const length = Math.hypot(...row);
    if (length === 0) {
      throw new MetricInputError(
        "vendiScore",
        "features",
        `is all 0 in row ${i}: it has no angle.`,
      );
    }
    return row.map((value) => value / length);
  });
  const unit = new Matrix(rows);
  // X Xᵀ and Xᵀ X have the same eigenvalues but for zeros; the smaller is quicker.
  const kernel = films < columns ? unit.mmul(unit.transpose()) : unit.transpose().mmul(unit);
  const entropy = positiveEigenvalues(kernel.div(films)).reduce(
    (sum, value) => (value > 0 ? sum - value * Math.log(value) : sum),
    0,
  );
  return { value: Math.exp(entropy), extractor: features.extractor, films };
}

/** Mean similarity between films of one set; the lower the more diverse. */
export interface PairwiseSimilarity {
  readonly value: number;
  readonly films: number;
  readonly pairs: number;
  /** Scales of MS-SSIM that fitted the films. */
  readonly scales: number;
}

/**
 * Mean MS-SSIM over pairs of films of one set, a diversity measure without an extractor. Odena et al. 2017
 * (arXiv:1610.09585).
 *
 * @param pairs Film numbers, two of each pair; at least one pair.
 */
export function meanPairwiseSimilarity(
  stack: FilmStack,
  pairs: readonly (readonly [number, number])[],
  window: SimilarityWindow = {},
): PairwiseSimilarity {
  const [films, height, width] = stack.shape;
  const pixels = height * width;
  const bad = pairs.find((pair) => pair.some((film) => !(film >= 0 && film < films)));
  if (pairs.length === 0 || bad !== undefined) {
    throw new MetricInputError(
      "meanPairwiseSimilarity",
      "pairs",
      bad === undefined
        ? "is empty; give 1 or more."
        : `names [${bad.join(", ")}] of ${films} films.`,
    );
  }
  const side = (which: 0 | 1): FilmStack => {
    const data = new Float64Array(pairs.length * pixels);
    pairs.forEach((pair, at) => {
      data.set(stack.data.subarray(pair[which] * pixels, (pair[which] + 1) * pixels), at * pixels);
    });
    return { data, shape: [pairs.length, height, width] };
  };
  const { values, scales } = multiScaleSimilarity(side(0), side(1), window);
  const value = values.reduce((sum, each) => sum + each, 0) / pairs.length;
  return { value, films, pairs: pairs.length, scales };
}
