import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { requireTable, type Table } from "../table.ts";

/** Mean [D] and covariance [D, D], with N - 1 in the denominator as numpy.cov has. */
export interface Moments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** Mean and covariance over the rows of a table, shape [N, D] with N at least 2. */
export function moments(table: Table): Moments {
  requireTable("moments", "table", table, 2);
  const { data } = table;
  const [rows, columns] = table.shape;
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]!;
  for (let column = 0; column < columns; column++) mean[column]! /= rows;
  const sums = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) centred[i] = data[row * columns + i]! - mean[i]!;
    for (let i = 0; i < columns; i++) {
      const value = centred[i]!;
      for (let j = i; j < columns; j++) sums[i * columns + j]! += value * centred[j]!;
    }
  }
  const covariance = Matrix.zeros(columns, columns);
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) {
      const value = sums[i * columns + j]! / (rows - 1);
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return { mean, covariance };
}

/** Eigenvalues of a symmetric matrix, those that rounding made negative set to 0. */
export function positiveEigenvalues(symmetric: Matrix): number[] {
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return realEigenvalues.map((value) => Math.max(0, value));
}

/** The symmetric square root of a symmetric matrix without negative eigenvalues. */
export function symmetricSquareRoot(symmetric: Matrix): Matrix {
  const decomposition = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const vectors = decomposition.eigenvectorMatrix;
  const roots = decomposition.realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return vectors.clone().mulRowVector(roots).mmul(vectors.transpose());
}
