import { auroc } from "../classification/ranking.ts";
import {
  featureScore,
  requireComparable,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";

/** Films with the patient each shows. */
export interface IdentifiedFilms {
  readonly features: Features;
  /** One a film; any names. */
  readonly patients: readonly (string | number)[];
}

/** How well films of one patient are told from films of others. */
export interface ReIdentification extends FeatureScore {
  /** Pairs of films of one patient, and of two. */
  readonly pairs: { readonly same: number; readonly different: number };
}

/**
 * Area under the ROC curve of cosine similarity as a judge of "same patient", over all pairs of a generated and a
 * reference film: 1 when swaps keep who the patient is, 0.5 when they lose it. With real films on both sides it is the
 * privacy attack of Packhäuser et al. 2022 (arXiv:2103.08562).
 *
 * @param films `generated`: swaps with the patient they should show; `reference`: real films, without those that the
 *   swaps were made from. Throws MetricInputError without pairs of both kinds.
 */
export function reIdentificationAuc({
  reference,
  generated,
}: {
  readonly reference: IdentifiedFilms;
  readonly generated: IdentifiedFilms;
}): ReIdentification {
  const metric = "reIdentificationAuc";
  const films = { reference: reference.features, generated: generated.features };
  requireComparable(metric, films, 1);
  requireEqualLength(
    metric,
    "reference.patients",
    reference.patients.length,
    films.reference.shape[0],
  );
  requireEqualLength(
    metric,
    "generated.patients",
    generated.patients.length,
    films.generated.shape[0],
  );
  const [rows, others] = [films.generated.shape[0], films.reference.shape[0]];
  const similarities = new Float64Array(rows * others);
  const isSame = new Uint8Array(rows * others);
  const ownLengths = lengths(films.generated);
  const otherLengths = lengths(films.reference);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < others; j++) {
      const dot = product(films.generated, i, films.reference, j);
      similarities[i * others + j] = dot / (ownLengths[i]! * otherLengths[j]!);
      isSame[i * others + j] = generated.patients[i] === reference.patients[j] ? 1 : 0;
    }
  }
  const same = isSame.reduce((sum, flag) => sum + flag, 0);
  const pairs = { same, different: isSame.length - same };
  if (pairs.same === 0 || pairs.different === 0) {
    throw new MetricInputError(
      metric,
      "patients",
      `gives ${pairs.same} pairs of one patient and ${pairs.different} of two; give films with some of both.`,
    );
  }
  return { ...featureScore(auroc(similarities, isSame), films), pairs };
}

function lengths(features: Features): Float64Array {
  return Float64Array.from({ length: features.shape[0] }, (_, i) => {
    const length = Math.sqrt(product(features, i, features, i));
    if (length > 0) return length;
    throw new MetricInputError("reIdentificationAuc", "features", `is all 0 in row ${i}.`);
  });
}

function product(first: Features, i: number, second: Features, j: number): number {
  const columns = first.shape[1];
  let sum = 0;
  for (let k = 0; k < columns; k++) {
    sum += first.data[i * columns + k]! * second.data[j * columns + k]!;
  }
  return sum;
}
