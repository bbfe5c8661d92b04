import { MetricInputError } from "../metric-input-error.ts";
import {
  columnOf,
  distinct,
  meanOverFactors,
  requireSplitFilms,
  type CodeScore,
  type Factor,
  type SplitFilms,
} from "./coded-films.ts";
import { accuracy } from "./predict-factor.ts";

/**
 * SAP, separated attribute predictability: the gap between the two codes that alone predict a factor best, averaged over
 * factors. Kumar et al. 2018 (arXiv:1711.00848), section 3. A continuous factor scores its R² with a code on the training
 * films, a discrete one the test accuracy of a linear support vector machine (C 0.01, balanced classes), as in
 * disentanglement_lib.
 *
 * @param films At least two codes; else MetricInputError.
 * @returns From 0 to 1.
 */
export function separatedAttributePredictability(films: SplitFilms): CodeScore {
  const metric = "separatedAttributePredictability";
  requireSplitFilms(metric, films);
  const codes = films.train.codes.shape[1];
  if (codes < 2) throw new MetricInputError(metric, "codes", "has 1 column; give 2 or more.");
  const gaps = films.train.factors.map((factor, k) => {
    const scores = Array.from({ length: codes }, (_, code) => {
      const train = columnOf(films.train.codes, code);
      return factor.kind === "continuous"
        ? squaredCorrelation(train, factor.values)
        : testAccuracy(train, factor, columnOf(films.test.codes, code), films.test.factors[k]!);
    }).sort((a, b) => b - a);
    return scores[0]! - scores[1]!;
  });
  return meanOverFactors(films.test, gaps);
}

function squaredCorrelation(x: Float64Array, y: ArrayLike<number>): number {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = Array.from(y).reduce((sum, value) => sum + value, 0) / x.length;
  let [varianceX, varianceY, covariance] = [0, 0, 0];
  for (let at = 0; at < x.length; at++) {
    varianceX += (x[at]! - meanX) ** 2;
    varianceY += (y[at]! - meanY) ** 2;
    covariance += (x[at]! - meanX) * (y[at]! - meanY);
  }
  return varianceX / (x.length - 1) > 1e-12 ? covariance ** 2 / (varianceX * varianceY) : 0;
}

function testAccuracy(x: Float64Array, factor: Factor, testX: Float64Array, test: Factor): number {
  const classes = distinct(factor.values);
  const y = Array.from(factor.values);
  // scikit-learn's "balanced" weight of the class that a machine is for; the rest weighs 1.
  const weightOf = (value: number) =>
    y.length / (classes.length * y.filter((own) => own === value).length);
  const sideOf = (value: number) => y.map((own) => (own === value ? 1 : -1));
  if (classes.length === 2) {
    const [other, one] = classes as [number, number];
    const line = fitLine(x, sideOf(one), { positive: weightOf(one), negative: weightOf(other) });
    const predicted = Array.from(testX, (value) => (line(value) > 0 ? one : other));
    return accuracy(predicted, test.values);
  }
  const lines = classes.map((value) =>
    fitLine(x, sideOf(value), { positive: weightOf(value), negative: 1 }),
  );
  const predicted = Array.from(testX, (value) => {
    const heights = lines.map((line) => line(value));
    return classes[heights.indexOf(Math.max(...heights))]!;
  });
  return accuracy(predicted, test.values);
}

const COST = 0.01;

// The squared hinge loss of one number, as liblinear has it: min ½(w² + b²) + C Σ weight·max(0, 1 − y(wx + b))². Two
// unknowns and a convex, piecewise quadratic function: Newton's steps, halved while they do not descend.
function fitLine(
  x: Float64Array,
  y: readonly number[],
  weights: { readonly positive: number; readonly negative: number },
): (value: number) => number {
  let [w, b] = [0, 0];
  const costs = y.map((side) => COST * (side > 0 ? weights.positive : weights.negative));
  const valueAt = (slope: number, shift: number) => {
    let sum = (slope ** 2 + shift ** 2) / 2;
    for (let at = 0; at < x.length; at++) {
      sum += costs[at]! * Math.max(0, 1 - y[at]! * (slope * x[at]! + shift)) ** 2;
    }
    return sum;
  };
  for (let iteration = 0; iteration < 100; iteration++) {
    let [gw, gb, hww, hwb, hbb] = [w, b, 1, 0, 1];
    for (let at = 0; at < x.length; at++) {
      const gap = 1 - y[at]! * (w * x[at]! + b);
      if (gap <= 0) continue;
      const factor = 2 * costs[at]!;
      gw -= factor * gap * y[at]! * x[at]!;
      gb -= factor * gap * y[at]!;
      hww += factor * x[at]! ** 2;
      hwb += factor * x[at]!;
      hbb += factor;
    }
    if (Math.hypot(gw, gb) < 1e-9) break;
    const determinant = hww * hbb - hwb ** 2;
    const [dw, db] = [(hbb * gw - hwb * gb) / determinant, (hww * gb - hwb * gw) / determinant];
    let size = 1;
    const before = valueAt(w, b);
    while (size > 1e-8 && valueAt(w - size * dw, b - size * db) > before) size /= 2;
    [w, b] = [w - size * dw, b - size * db];
  }
  return (value) => w * value + b;
}
