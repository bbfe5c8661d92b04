import {
  requireComparable,
  type ExtractorIdentity,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { euclidean, neighbourRadii } from "./nearest-neighbours.ts";

/** How far two sets of films overlap in feature space; coverage and the first two from 0 to 1, density from 0 up. */
export interface Overlap {
  /** Share of generated films inside some real film's neighbourhood. */
  readonly precision: number;
  /** Share of real films inside some generated film's neighbourhood. */
  readonly recall: number;
  /** Real neighbourhoods around a generated film, over k: about 1 when the sets are alike. */
  readonly density: number;
  /** Share of real films with a generated film in their neighbourhood. */
  readonly coverage: number;
  readonly neighbours: number;
  readonly extractor: ExtractorIdentity;
  readonly samples: FeatureScore["samples"];
}

/**
 * Improved precision and recall, density and coverage, with neighbourhoods that reach to the k-th nearest film.
 * Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 1 and 2; Naeem et al. 2020 (arXiv:2002.09797).
 *
 * @param films Features [N, D] of one extractor, N above k; else MetricInputError.
 * @param options `neighbours` k, 5 when omitted.
 */
export function precisionRecall(
  films: { readonly reference: Features; readonly generated: Features },
  { neighbours = 5 }: { readonly neighbours?: number } = {},
): Overlap {
  if (!(Number.isInteger(neighbours) && neighbours >= 1)) {
    throw new MetricInputError(
      "precisionRecall",
      "neighbours",
      `is ${neighbours}; give 1 or more.`,
    );
  }
  requireComparable("precisionRecall", films, neighbours + 1);
  const { reference, generated } = films;
  const [real, made] = [reference.shape[0], generated.shape[0]];
  const realRadii = neighbourRadii(reference, neighbours);
  const madeRadii = neighbourRadii(generated, neighbours);
  const isPrecise = new Uint8Array(made);
  let [recalled, covered, inside] = [0, 0, 0];
  for (let i = 0; i < real; i++) {
    let isRecalled = false;
    let isCovered = false;
    for (let j = 0; j < made; j++) {
      const distance = euclidean(reference, i, generated, j);
      if (distance < realRadii[i]!) {
        isPrecise[j] = 1;
        isCovered = true;
        inside++;
      }
      if (distance < madeRadii[j]!) isRecalled = true;
    }
    if (isRecalled) recalled++;
    if (isCovered) covered++;
  }
  return {
    precision: isPrecise.reduce((sum, flag) => sum + flag, 0) / made,
    recall: recalled / real,
    density: inside / (neighbours * made),
    coverage: covered / real,
    neighbours,
    extractor: reference.extractor,
    samples: { reference: real, generated: made },
  };
}
