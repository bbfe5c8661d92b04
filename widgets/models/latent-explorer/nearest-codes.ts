import { spreadRows, type CodeTable } from "./code-table.ts";

/** Rows of a table nearest to a code. */
export interface Neighbours {
  readonly rows: readonly number[];
  /** Euclidean, ascending. */
  readonly distances: readonly number[];
}

/** Finds the rows of a table that are nearest to a code. */
export interface NearestCodes {
  /** Up to `count` rows near `code`, nearest first. */
  near(code: Float32Array, count: number): Neighbours;
}

/** Below this many rows all of them are looked at. */
const smallTable = 2000;
/** Lists that are searched for one code. */
const probes = 8;

/**
 * An inverted file (Jégou, Douze and Schmid 2011, without quantisation): rows are listed under the
 * nearest of √N pivots, and only the lists nearest to the code are searched. Exact for small tables.
 */
export function nearestCodes(table: CodeTable): NearestCodes {
  const { rows, count, width } = table;
  const distance = (code: Float32Array, row: number): number => {
    let sum = 0;
    for (let at = 0, place = row * width; at < width; at++, place++) {
      const difference = code[at]! - rows[place]!;
      sum += difference * difference;
    }
    return sum;
  };
  const pivots = count <= smallTable ? undefined : spreadRows(count, Math.round(Math.sqrt(count)));
  const lists: number[][] = pivots === undefined ? [] : Array.from(pivots, () => []);
  const code = (row: number): Float32Array => rows.subarray(row * width, (row + 1) * width);
  if (pivots !== undefined) {
    for (let row = 0; row < count; row++) {
      let best = 0;
      let bestDistance = Number.POSITIVE_INFINITY;
      for (let pivot = 0; pivot < pivots.length; pivot++) {
        const here = distance(code(row), pivots[pivot]!);
        if (here < bestDistance) [best, bestDistance] = [pivot, here];
      }
      lists[best]!.push(row);
    }
  }

  return {
    near(wanted, most) {
      const found = new Nearest(Math.min(most, count));
      if (pivots === undefined) {
        for (let row = 0; row < count; row++) found.offer(row, distance(wanted, row));
        return found.result();
      }
      const lookedAt = new Nearest(pivots.length);
      for (let pivot = 0; pivot < pivots.length; pivot++) {
        lookedAt.offer(pivot, distance(wanted, pivots[pivot]!));
      }
      let candidates = 0;
      for (const [rank, list] of lookedAt.result().rows.entries()) {
        // Sparse lists must not leave a code without neighbours.
        if (rank >= probes && candidates >= most) break;
        candidates += lists[list]!.length;
        for (const row of lists[list]!) found.offer(row, distance(wanted, row));
      }
      return found.result();
    },
  };
}

/** The `size` nearest of what is offered, sorted. */
class Nearest {
  readonly #size: number;
  readonly #rows: number[] = [];
  readonly #squares: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  offer(row: number, square: number): void {
    const last = this.#squares.length - 1;
    if (last + 1 >= this.#size && square >= this.#squares[last]!) return;
    let low = 0;
    let high = this.#squares.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#squares[middle]! <= square) low = middle + 1;
      else high = middle;
    }
    this.#squares.splice(low, 0, square);
    this.#rows.splice(low, 0, row);
    if (this.#rows.length > this.#size) {
      this.#rows.pop();
      this.#squares.pop();
    }
  }

  result(): Neighbours {
    return { rows: this.#rows, distances: this.#squares.map((square) => Math.sqrt(square)) };
  }
}
