import type { Table } from "../table.ts";

/** Euclidean distance of row i of one table from row j of another. */
export function euclidean(first: Table, i: number, second: Table, j: number): number {
  const columns = first.shape[1];
  const a = first.data;
  const b = second.data;
  let sum = 0;
  for (let k = 0, p = i * columns, q = j * columns; k < columns; k++, p++, q++) {
    const difference = a[p]! - b[q]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/**
 * Distance of every row from its k-th nearest other row of the same table.
 *
 * @param k From 1 to N - 1.
 */
export function neighbourRadii(table: Table, k: number): Float64Array {
  const rows = table.shape[0];
  const radii = new Float64Array(rows);
  const nearest = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    nearest.fill(Infinity);
    for (let j = 0; j < rows; j++) {
      if (j !== i) keepSmallest(nearest, euclidean(table, i, table, j));
    }
    radii[i] = nearest[k - 1]!;
  }
  return radii;
}

/** Distance of every row of one table from the nearest row of another. */
export function nearestDistances(from: Table, to: Table): Float64Array {
  return Float64Array.from({ length: from.shape[0] }, (_, i) => {
    let nearest = Infinity;
    for (let j = 0; j < to.shape[0]; j++) nearest = Math.min(nearest, euclidean(from, i, to, j));
    return nearest;
  });
}

// Keeps the list sorted; it is short.
function keepSmallest(sorted: Float64Array, value: number): void {
  let at = sorted.length - 1;
  if (value >= sorted[at]!) return;
  for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
  sorted[at] = value;
}
