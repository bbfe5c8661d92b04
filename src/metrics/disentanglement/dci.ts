import { MetricInputError } from "../metric-input-error.ts";
import {
  meanOverFactors,
  requireSplitFilms,
  type CodeScore,
  type SplitFilms,
} from "./coded-films.ts";
import { fitFactor } from "./predict-factor.ts";
import { standardise, standardiserOf } from "./standardise.ts";

/** Disentanglement, completeness and informativeness. */
export interface DciScores {
  /** Whether each code matters to one factor only, from 0 to 1, weighted by how much it matters. */
  readonly disentanglement: number;
  /** Whether each factor needs one code only, from 0 to 1, weighted likewise. */
  readonly completeness: number;
  /** On test films: accuracy of discrete factors and R² of continuous ones; their mean. */
  readonly informativeness: CodeScore;
  /** How much each code matters to each factor, [codes][factors]. */
  readonly importance: readonly (readonly number[])[];
}

/**
 * DCI with linear predictors of every factor from standardised codes, L1-penalised: the importance of a code is its mean
 * absolute weight. Eastwood and Williams 2018 (ICLR, section 2, lasso variant); disentanglement_lib takes boosted trees'
 * importances instead, so compare only numbers made the same way.
 *
 * @param options `l1`: the penalty λ1 on standardised codes; 0.01 when omitted.
 */
export function dci(films: SplitFilms, { l1 = 0.01 }: { readonly l1?: number } = {}): DciScores {
  requireSplitFilms("dci", films);
  const scale = standardiserOf(films.train.codes);
  const train = standardise(films.train.codes, scale);
  const test = standardise(films.test.codes, scale);
  const predictors = films.train.factors.map((factor) => fitFactor(train, factor, { l1 }));
  const importance = Array.from({ length: train.shape[1] }, (_, code) =>
    predictors.map(({ model }) => {
      const weights = model.weights[code]!;
      return weights.reduce((sum, weight) => sum + Math.abs(weight), 0) / weights.length;
    }),
  );
  const scores = predictors.map((predictor, k) => predictor.score(test, films.test.factors[k]!));
  return {
    disentanglement: disentanglement(importance),
    completeness: completeness(importance),
    informativeness: meanOverFactors(films.test, scores),
    importance,
  };
}

/**
 * Σ_i ρ_i (1 − H_K(P_i)) with P_i code i's importances as shares, H_K entropy to base K and ρ_i the code's share of all
 * importance. Eastwood and Williams 2018, section 2.
 *
 * @param importance [codes][factors], none negative, at least two factors; else MetricInputError.
 */
export function disentanglement(importance: readonly (readonly number[])[]): number {
  requireImportance("disentanglement", importance);
  return concentration(importance);
}

/** The same over columns: Σ_k ρ_k (1 − H_D(P_k)), whether a factor needs one code only. */
export function completeness(importance: readonly (readonly number[])[]): number {
  requireImportance("completeness", importance);
  return concentration(importance[0]!.map((_, k) => importance.map((row) => row[k]!)));
}

function concentration(rows: readonly (readonly number[])[]): number {
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  return rows.reduce((sum, row, i) => {
    // Rows without importance have no shares; where there is none at all, every row counts alike, at 0.
    if (sums[i] === 0) return sum;
    const entropy = row.reduce((bits, value) => {
      const share = value / sums[i]!;
      return share > 0 ? bits - share * Math.log(share) : bits;
    }, 0);
    return sum + (sums[i]! / total) * (1 - entropy / Math.log(row.length));
  }, 0);
}

function requireImportance(metric: string, importance: readonly (readonly number[])[]): void {
  const width = importance[0]?.length ?? 0;
  const isSound = importance.every(
    (row) => row.length === width && row.every((value) => value >= 0 && Number.isFinite(value)),
  );
  if (!isSound || width < 2 || importance.length < 2) {
    throw new MetricInputError(
      metric,
      "importance",
      `is ${importance.length} x ${width}; give numbers of 0 or more for at least 2 codes and 2 factors.`,
    );
  }
}
