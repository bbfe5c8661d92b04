import type { Table } from "../table.ts";

/** Shift and scale that give each column mean 0 and standard deviation 1 (over N). */
export interface Standardiser {
  readonly mean: Float64Array;
  /** 1 for a column that never changes. */
  readonly deviation: Float64Array;
}

/** Finds the standardiser of a table; apply the same one to train and test. */
export function standardiserOf({ data, shape: [rows, columns] }: Table): Standardiser {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  const variance = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    variance[at % columns]! += (data[at]! - mean[at % columns]!) ** 2 / rows;
  }
  return { mean, deviation: variance.map((value) => (value > 1e-24 ? Math.sqrt(value) : 1)) };
}

/** (x − mean) / deviation, column by column. */
export function standardise({ data, shape }: Table, { mean, deviation }: Standardiser): Table {
  const scaled = Float64Array.from(data, (value, at) => {
    const column = at % shape[1];
    return (value - mean[column]!) / deviation[column]!;
  });
  return { data: scaled, shape };
}
