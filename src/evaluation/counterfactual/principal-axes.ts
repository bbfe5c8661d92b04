import { EigenvalueDecomposition } from "ml-matrix";
import { moments, type Table } from "../../metrics/index.ts";

/**
 * Fits the axes along which a table's rows spread most.
 *
 * @param count Axes; as many as there are columns at most.
 * @returns Projects a table's rows on them: shape [N, count], the widest axis first.
 */
export function principalAxes(table: Table, count: number): (other: Table) => Table {
  const { mean, covariance } = moments(table);
  const columns = table.shape[1];
  const width = Math.min(count, columns);
  const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  // Eigenvalues ascend.
  const axes = Array.from({ length: width }, (_, at) =>
    eigenvectorMatrix.getColumn(columns - 1 - at),
  );
  return ({ data, shape: [rows] }) => {
    const scores = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++) {
      axes.forEach((axis, at) => {
        let sum = 0;
        for (let column = 0; column < columns; column++) {
          sum += axis[column]! * (data[row * columns + column]! - mean[column]!);
        }
        scores[row * width + at] = sum;
      });
    }
    return { data: scores, shape: [rows, width] };
  };
}
