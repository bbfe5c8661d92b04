import { requireComparable, type ExtractorIdentity, type Features } from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";
import { euclidean } from "../distributions/nearest-neighbours.ts";

/** How little counterfactuals changed beyond what their class demands; lower is better. */
export interface Minimality {
  /** From 0 to 1. */
  readonly value: number;
  readonly byFilm: Float64Array;
  readonly films: number;
  readonly extractor: ExtractorIdentity;
}

/**
 * Minimality as counterfactual latent divergence, in logs: log(w e^p1 + (1 − w) e^p2), with d the distance of the
 * counterfactual from its film, p1 the share of real films of the new class no farther than d from the film, p2 the share of
 * real films of its own class at least as far as d. Melistas et al. 2024 (arXiv:2403.20287).
 *
 * @param films Row k of `counterfactual` was made from row k of `observed`; `observedClass` and `counterfactualClass` name
 *   their classes; `reference` holds real films, none of the observed, with `referenceClass`.
 * @param options `weight` w of p1, from 0 to 1; 0.8 when omitted.
 */
export function minimality(
  films: {
    readonly observed: Features;
    readonly counterfactual: Features;
    readonly reference: Features;
    readonly observedClass: ArrayLike<number>;
    readonly counterfactualClass: ArrayLike<number>;
    readonly referenceClass: ArrayLike<number>;
  },
  { weight = 0.8 }: { readonly weight?: number } = {},
): Minimality {
  const { observed, counterfactual, reference } = films;
  requireComparable("minimality", { reference, generated: observed }, 1);
  requireComparable("minimality", { reference, generated: counterfactual }, 1);
  const count = observed.shape[0];
  const lengths = [
    ["counterfactual", counterfactual.shape[0], count],
    ["observedClass", films.observedClass.length, count],
    ["counterfactualClass", films.counterfactualClass.length, count],
    ["referenceClass", films.referenceClass.length, reference.shape[0]],
  ] as const;
  for (const [argument, given, wanted] of lengths) {
    requireEqualLength("minimality", argument, given, wanted);
  }
  const byFilm = Float64Array.from({ length: count }, (_, film) => {
    const distance = euclidean(observed, film, counterfactual, film);
    const shareOf = (wanted: number, holds: (other: number) => boolean) => {
      let [all, held] = [0, 0];
      for (let row = 0; row < reference.shape[0]; row++) {
        if (films.referenceClass[row] !== wanted) continue;
        all++;
        if (holds(euclidean(observed, film, reference, row))) held++;
      }
      if (all > 0) return held / all;
      throw new MetricInputError("minimality", "reference", `has no film of class ${wanted}.`);
    };
    const near = shareOf(films.counterfactualClass[film]!, (other) => other <= distance);
    const far = shareOf(films.observedClass[film]!, (other) => other >= distance);
    return Math.log(weight * Math.exp(near) + (1 - weight) * Math.exp(far));
  });
  const value = byFilm.reduce((sum, each) => sum + each, 0) / count;
  return { value, byFilm, films: count, extractor: observed.extractor };
}
