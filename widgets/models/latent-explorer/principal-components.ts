import { EigenvalueDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import { seededRandom, type CodeTable } from "./code-table.ts";

/** The directions in which a table of codes varies most. */
export interface PrincipalComponents {
  readonly mean: Float32Array;
  /** Orthonormal directions of `mean.length` numbers each, of most variance first. */
  readonly directions: readonly Float32Array[];
  /** Standard deviation along each direction. */
  readonly deviations: readonly number[];
  /** Share of the whole variance along each direction, 0 to 1. */
  readonly shares: readonly number[];
}

const oversampling = 6;
const iterations = 10;

/**
 * Principal components by subspace iteration on the centred table, with a last Rayleigh-Ritz step
 * (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.3): a few directions of wide tables without
 * their whole covariance. The largest number of each direction is positive, so that equal tables give
 * equal maps.
 *
 * @param count How many directions; fewer when the table has fewer rows or columns.
 */
export function principalComponents(table: CodeTable, count: number): PrincipalComponents {
  const { width, count: rowCount } = table;
  const mean = columnMeans(table);
  const centred = table.rows.map((value, at) => value - mean[at % width]!);
  const degrees = Math.max(1, rowCount - 1);
  const total = centred.reduce((sum, value) => sum + value * value, 0) / degrees;
  const kept = Math.min(count, width, degrees);
  const size = Math.min(kept + oversampling, width, Math.max(1, rowCount));
  const random = seededRandom(1);
  let basis = orthonormal(
    Array.from({ length: size }, () => Float64Array.from({ length: width }, () => random() - 0.5)),
  );
  for (let iteration = 0; iteration < iterations; iteration++) {
    basis = orthonormal(timesCovariance(centred, width, basis));
  }
  const images = timesCovariance(centred, width, basis);
  const small = new Matrix(basis.map((left) => images.map((right) => dot(left, right) / degrees)));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, at) => at)
    .toSorted((left, right) => realEigenvalues[right]! - realEigenvalues[left]!)
    .slice(0, kept);
  const variances = order.map((at) => Math.max(0, realEigenvalues[at]!));
  return {
    mean,
    directions: order.map((at) =>
      pointed(combine(basis, (row) => eigenvectorMatrix.get(row, at), width)),
    ),
    deviations: variances.map((variance) => Math.sqrt(variance)),
    shares: variances.map((variance) => (total > 0 ? variance / total : 0)),
  };
}

/** The place of a code along a direction, in the codes' own units. */
export function along(
  code: Float32Array,
  from: number,
  mean: Float32Array,
  direction: Float32Array,
): number {
  let sum = 0;
  for (let at = 0; at < direction.length; at++) {
    sum += (code[from + at]! - mean[at]!) * direction[at]!;
  }
  return sum;
}

function columnMeans({ rows, count, width }: CodeTable): Float32Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < rows.length; at++) sums[at % width]! += rows[at]!;
  return Float32Array.from(sums, (sum) => sum / Math.max(1, count));
}

/** XᵀX times each vector; X is the centred table. */
function timesCovariance(
  centred: Float32Array,
  width: number,
  vectors: readonly Float64Array[],
): Float64Array[] {
  const results = vectors.map(() => new Float64Array(width));
  for (let start = 0; start < centred.length; start += width) {
    for (const [place, vector] of vectors.entries()) {
      let score = 0;
      for (let at = 0; at < width; at++) score += centred[start + at]! * vector[at]!;
      const result = results[place]!;
      for (let at = 0; at < width; at++) result[at]! += score * centred[start + at]!;
    }
  }
  return results;
}

function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const { orthogonalMatrix } = new QrDecomposition(
    new Matrix(vectors.map((vector) => [...vector])).transpose(),
  );
  return vectors.map((_, place) => Float64Array.from(orthogonalMatrix.getColumn(place)));
}

function combine(
  basis: readonly Float64Array[],
  weightOf: (row: number) => number,
  width: number,
): Float32Array {
  const sum = new Float64Array(width);
  basis.forEach((vector, row) => {
    const weight = weightOf(row);
    for (let at = 0; at < width; at++) sum[at]! += weight * vector[at]!;
  });
  return Float32Array.from(sum);
}

/** A direction or its opposite: the one whose largest number is positive. */
function pointed(direction: Float32Array): Float32Array {
  const largest = direction.reduce(
    (best, value) => (Math.abs(value) > Math.abs(best) ? value : best),
    0,
  );
  return largest < 0 ? direction.map((value) => -value) : direction;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
