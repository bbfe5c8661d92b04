/** Some columns of a table of codes: where they begin, and how many they are. */
export interface CodeRange {
  readonly from: number;
  readonly width: number;
}

/** Codes of many films, row by row. */
export interface CodeTable {
  readonly rows: Float32Array;
  readonly count: number;
  /** Numbers in a row. */
  readonly width: number;
}

/** At most `most` row numbers, evenly spread over a table of `count` rows. */
export function spreadRows(count: number, most: number): Uint32Array {
  const taken = Math.min(count, most);
  return Uint32Array.from({ length: taken }, (_, at) => Math.floor((at * count) / taken));
}

/** Copies some rows of some columns into a table of their own. */
export function cutTable(
  { rows, width }: CodeTable,
  { from, width: cutWidth }: CodeRange,
  chosen: Uint32Array,
): CodeTable {
  const cut = new Float32Array(chosen.length * cutWidth);
  chosen.forEach((row, at) => {
    cut.set(rows.subarray(row * width + from, row * width + from + cutWidth), at * cutWidth);
  });
  return { rows: cut, count: chosen.length, width: cutWidth };
}

/** Evenly distributed numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
