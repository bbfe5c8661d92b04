import { distinct, type Factor } from "./coded-films.ts";
import {
  fitLeastSquares,
  fitLogistic,
  fitRidge,
  predictNumbers,
  predictProbabilities,
  type LinearModel,
  type Penalty,
} from "./penalised-regression.ts";
import type { Table } from "../table.ts";

/** A linear predictor of one factor. */
export interface FactorPredictor {
  readonly model: LinearModel;
  /** Share of films whose class is right; or R² of a continuous factor, negative when worse than its mean. */
  score(codes: Table, factor: Factor): number;
}

/**
 * Fits a logistic regression to a discrete factor and least squares to a continuous one, which is standardised first.
 *
 * @param codes Standardised, [N, D].
 */
export function fitFactor(codes: Table, factor: Factor, penalty: Penalty): FactorPredictor {
  if (factor.kind === "discrete") {
    const { model, classes } = fitClasses(codes, factor.values, penalty);
    return { model, score: (x, { values }) => accuracy(predictClasses(model, x, classes), values) };
  }
  const values = Float64Array.from(factor.values);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  );
  const y = values.map((value) => (value - mean) / deviation);
  const { l1 = 0, l2 = 0 } = penalty;
  // Without a lasso there is nothing to iterate.
  const model =
    l1 === 0 && l2 > 0 ? fitRidge(codes, y, l2 * y.length) : fitLeastSquares(codes, y, penalty);
  return {
    model,
    score: (x, { values: truth }) =>
      rSquared(
        predictNumbers(model, x).map((value) => value * deviation + mean),
        truth,
      ),
  };
}

/** Fits a logistic regression to class numbers of any kind; `classes` lists them in the model's order. */
export function fitClasses(
  codes: Table,
  values: ArrayLike<number>,
  penalty: Penalty,
): { readonly model: LinearModel; readonly classes: readonly number[] } {
  const classes = distinct(values);
  const numbers = Int32Array.from(values, (value) => classes.indexOf(value));
  return { model: fitLogistic(codes, numbers, classes.length, penalty), classes };
}

/** The likeliest class of each row. */
export function predictClasses(model: LinearModel, x: Table, classes: readonly number[]): number[] {
  const probabilities = predictProbabilities(model, x);
  return Array.from({ length: x.shape[0] }, (_, row) => {
    const own = probabilities.data.subarray(row * classes.length, (row + 1) * classes.length);
    return classes[own.indexOf(Math.max(...own))]!;
  });
}

/** 1 − Σ(y − ŷ)²/Σ(y − mean y)²: 1 when exact, 0 for the mean, negative when worse. */
export function rSquared(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  const values = Array.from(truth);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return 1 - values.reduce((sum, value, at) => sum + (value - predicted[at]!) ** 2, 0) / spread;
}

/** Share of equal entries. */
export function accuracy(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  let right = 0;
  for (let at = 0; at < truth.length; at++) if (predicted[at] === truth[at]) right++;
  return right / truth.length;
}
