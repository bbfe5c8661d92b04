import { Matrix, solve } from "ml-matrix";
import type { Table } from "../table.ts";

/** Weights [D][outputs] of a linear predictor, and one intercept an output. */
export interface LinearModel {
  readonly weights: readonly Float64Array[];
  readonly intercepts: Float64Array;
}

/** λ1 of Σ|w| and λ2 of ½Σw², beside the mean loss; intercepts are free. */
export interface Penalty {
  readonly l1?: number;
  readonly l2?: number;
}

/**
 * Least squares with a penalty: 1/(2N) Σ (y − xw − b)² + λ1|w| + ½λ2|w|²; with λ1 alone the lasso (Tibshirani 1996).
 *
 * @param x Shape [N, D], best with columns of like spread.
 */
export function fitLeastSquares(x: Table, y: ArrayLike<number>, penalty: Penalty): LinearModel {
  return fitByProximalGradient(x, 1, penalty, 1, (row, outputs) => {
    outputs[0]! -= y[row]!;
  });
}

/**
 * Logistic regression with a penalty: mean cross-entropy + λ1|w| + ½λ2|w|²; one output for two classes, else a softmax of
 * K outputs. scikit-learn's C is 1/(N λ).
 *
 * @param x Shape [N, D], best with columns of like spread.
 * @param y Class numbers from 0 to K - 1.
 */
export function fitLogistic(
  x: Table,
  y: ArrayLike<number>,
  numClasses: number,
  penalty: Penalty,
): LinearModel {
  const outputs = numClasses === 2 ? 1 : numClasses;
  // The largest curvature of the loss in its logits.
  const curvature = outputs === 1 ? 0.25 : 0.5;
  return fitByProximalGradient(x, outputs, penalty, curvature, (row, logits) => {
    toProbabilities(logits);
    if (outputs === 1) logits[0]! -= y[row]!;
    else logits[y[row]!]! -= 1;
  });
}

/** Class probabilities [N, K] of a logistic model. */
export function predictProbabilities(model: LinearModel, x: Table): Table {
  const outputs = model.intercepts.length;
  const classes = outputs === 1 ? 2 : outputs;
  const data = new Float64Array(x.shape[0] * classes);
  const logits = new Float64Array(outputs);
  for (let row = 0; row < x.shape[0]; row++) {
    predictRow(model, x, row, logits);
    toProbabilities(logits);
    if (outputs === 1) data.set([1 - logits[0]!, logits[0]!], row * 2);
    else data.set(logits, row * classes);
  }
  return { data, shape: [x.shape[0], classes] };
}

/** Predictions of a model with one output, one a row. */
export function predictNumbers(model: LinearModel, x: Table): Float64Array {
  const output = new Float64Array(1);
  return Float64Array.from({ length: x.shape[0] }, (_, row) => {
    predictRow(model, x, row, output);
    return output[0]!;
  });
}

/**
 * Ridge regression, solved at once: min Σ (y − xw − b)² + α|w|². Hoerl and Kennard 1970.
 *
 * @param alpha Above 0.
 */
export function fitRidge(x: Table, y: ArrayLike<number>, alpha: number): LinearModel {
  const [rows, columns] = x.shape;
  const means = new Float64Array(columns);
  for (let at = 0; at < x.data.length; at++) means[at % columns]! += x.data[at]! / rows;
  let meanY = 0;
  for (let row = 0; row < rows; row++) meanY += y[row]! / rows;
  const gram = Matrix.zeros(columns, columns);
  const target = Matrix.zeros(columns, 1);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? alpha : 0;
      for (let row = 0; row < rows; row++) {
        sum += (x.data[row * columns + i]! - means[i]!) * (x.data[row * columns + j]! - means[j]!);
      }
      gram.set(i, j, sum);
      gram.set(j, i, sum);
    }
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      sum += (x.data[row * columns + i]! - means[i]!) * (y[row]! - meanY);
    }
    target.set(i, 0, sum);
  }
  const weights = solve(gram, target).to1DArray();
  const intercept = weights.reduce((sum, weight, i) => sum - weight * means[i]!, meanY);
  return {
    weights: weights.map((weight) => Float64Array.of(weight)),
    intercepts: Float64Array.of(intercept),
  };
}

const MAX_STEPS = 4000;
const TOLERANCE = 1e-7;

// FISTA (Beck and Teboulle 2009) with restarts where the momentum points uphill (O'Donoghue and Candès 2015). `residual`
// turns a row's outputs into the loss's gradient in them.
function fitByProximalGradient(
  x: Table,
  outputs: number,
  { l1 = 0, l2 = 0 }: Penalty,
  curvature: number,
  residual: (row: number, outputs: Float64Array) => void,
): LinearModel {
  const [rows, columns] = x.shape;
  const penalised = columns * outputs;
  const step = 1 / (curvature * largestCurvature(x) + l2);
  // Weights [D][outputs], then intercepts.
  let current = new Float64Array(penalised + outputs);
  let ahead = current.slice();
  const gradient = new Float64Array(current.length);
  const row = new Float64Array(outputs);
  let momentum = 1;
  for (let iteration = 0; iteration < MAX_STEPS; iteration++) {
    gradient.fill(0);
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < outputs; k++) row[k] = ahead[penalised + k]!;
      for (let d = 0; d < columns; d++) {
        const value = x.data[r * columns + d]!;
        for (let k = 0; k < outputs; k++) row[k]! += value * ahead[d * outputs + k]!;
      }
      residual(r, row);
      for (let d = 0; d < columns; d++) {
        const value = x.data[r * columns + d]!;
        for (let k = 0; k < outputs; k++) gradient[d * outputs + k]! += value * row[k]!;
      }
      for (let k = 0; k < outputs; k++) gradient[penalised + k]! += row[k]!;
    }
    const next = current.map((_, at) => {
      const slope = gradient[at]! / rows;
      if (at >= penalised) return ahead[at]! - step * slope;
      const moved = ahead[at]! - step * (slope + l2 * ahead[at]!);
      return Math.sign(moved) * Math.max(0, Math.abs(moved) - step * l1);
    });
    let uphill = 0;
    let change = 0;
    for (let at = 0; at < next.length; at++) {
      const moved = next[at]! - current[at]!;
      uphill += (ahead[at]! - next[at]!) * moved;
      change = Math.max(change, Math.abs(next[at]! - ahead[at]!), Math.abs(moved));
    }
    const following = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const push = uphill > 0 ? 0 : (momentum - 1) / following;
    ahead = next.map((value, at) => value + push * (value - current[at]!));
    current = next;
    momentum = following;
    if (change < TOLERANCE) break;
  }
  return {
    weights: Array.from({ length: columns }, (_, d) =>
      current.slice(d * outputs, (d + 1) * outputs),
    ),
    intercepts: current.slice(penalised),
  };
}

// An upper bound of the largest eigenvalue of [x, 1]ᵀ[x, 1]/N: the smaller of its trace and its largest row sum.
function largestCurvature(x: Table): number {
  const [rows, columns] = x.shape;
  const size = columns + 1;
  const gram = new Float64Array(size * size);
  const row = new Float64Array(size).fill(1);
  for (let r = 0; r < rows; r++) {
    for (let d = 0; d < columns; d++) row[d] = x.data[r * columns + d]!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) gram[i * size + j]! += (row[i]! * row[j]!) / rows;
    }
  }
  let trace = 0;
  let widest = 0;
  for (let i = 0; i < size; i++) {
    trace += gram[i * size + i]!;
    const line = gram.subarray(i * size, (i + 1) * size);
    widest = Math.max(
      widest,
      line.reduce((sum, value) => sum + Math.abs(value), 0),
    );
  }
  return Math.min(trace, widest);
}

function predictRow(model: LinearModel, x: Table, row: number, outputs: Float64Array): void {
  outputs.set(model.intercepts);
  model.weights.forEach((weights, d) => {
    const value = x.data[row * x.shape[1] + d]!;
    for (let k = 0; k < outputs.length; k++) outputs[k]! += value * weights[k]!;
  });
}

// One logit becomes the probability of class 1; several become those of their classes.
function toProbabilities(logits: Float64Array): void {
  if (logits.length === 1) {
    logits[0] = 1 / (1 + Math.exp(-logits[0]!));
    return;
  }
  const highest = Math.max(...logits);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k]! - highest);
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
}
