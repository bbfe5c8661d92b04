import {
  meanOverFactors,
  requireCodedFilms,
  type CodedFilms,
  type CodeScore,
} from "./coded-films.ts";
import { factorClasses, informationMatrix, mutualInformation } from "./mutual-information.ts";
import { MetricInputError } from "../metric-input-error.ts";

/**
 * MIG: the gap between the two codes that know most of a factor, as share of its entropy, averaged over factors:
 * (I(z₁; v) − I(z₂; v)) / H(v). Chen et al. 2018 (arXiv:1802.04942), eq. 6, with plug-in information of binned codes as in
 * disentanglement_lib.
 *
 * @param films At least two codes; else MetricInputError.
 * @param options `bins` of each code, and of continuous factors; 20 when omitted.
 * @returns From 0 to 1.
 */
export function mutualInformationGap(
  films: CodedFilms,
  { bins = 20 }: { readonly bins?: number } = {},
): CodeScore {
  requireCodedFilms("mutualInformationGap", films);
  if (films.codes.shape[1] < 2) {
    throw new MetricInputError("mutualInformationGap", "codes", "has 1 column; give 2 or more.");
  }
  const information = informationMatrix(films, bins);
  const gaps = films.factors.map((factor, k) => {
    const [best, second] = information.map((row) => row[k]!).sort((a, b) => b - a);
    const classes = factorClasses(factor, bins);
    return (best! - second!) / mutualInformation(classes, classes);
  });
  return meanOverFactors(films, gaps);
}
