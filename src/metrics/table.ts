import type { NumberArray } from "../formats/array-types.ts";
import { MetricInputError } from "./metric-input-error.ts";

/** One row of numbers a film: shape [N, D], row after row. */
export interface Table extends NumberArray<Float32Array | Float64Array> {
  readonly shape: readonly [rows: number, columns: number];
}

/**
 * Takes rows of a table, in the order given and as often as given.
 *
 * @param rows Row numbers, from 0 to N - 1.
 */
export function selectRows<T extends Table>(table: T, rows: ArrayLike<number>): T {
  const columns = table.shape[1];
  const data = new Float64Array(rows.length * columns);
  for (let at = 0; at < rows.length; at++) {
    const begin = rows[at]! * columns;
    data.set(table.data.subarray(begin, begin + columns), at * columns);
  }
  return { ...table, data, shape: [rows.length, columns] };
}

/** Throws unless the table has the numbers that its shape says, all finite, and enough rows. */
export function requireTable(metric: string, argument: string, table: Table, minRows = 1): void {
  const [rows, columns] = table.shape;
  if (table.data.length !== rows * columns || columns < 1) {
    throw new MetricInputError(
      metric,
      argument,
      `has ${table.data.length} numbers and shape [${rows}, ${columns}]; give rows x columns numbers.`,
    );
  }
  if (rows < minRows) {
    throw new MetricInputError(metric, argument, `has ${rows} rows; give at least ${minRows}.`);
  }
  const bad = table.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new MetricInputError(
      metric,
      argument,
      `holds ${table.data[bad]} in row ${Math.floor(bad / columns)}; give finite numbers.`,
    );
  }
}

/** Throws unless two lists that go together are equally long, and not empty. */
export function requireEqualLength(
  metric: string,
  argument: string,
  given: number,
  wanted: number,
): void {
  if (given !== wanted || given === 0) {
    throw new MetricInputError(
      metric,
      argument,
      `has ${given} entries where ${Math.max(1, wanted)} are wanted; give one a film.`,
    );
  }
}
