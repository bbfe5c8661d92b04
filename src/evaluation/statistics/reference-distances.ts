import type { Key } from "../../engine/index.ts";
import { frechetDistanceFrom, selectRows, type Features } from "../../metrics/index.ts";
import { resampledRows } from "./class-resamples.ts";

/** What null-subtracted distances of one class are measured with. */
export interface ClassReference {
  readonly classIndex: number;
  /** Rendered films that nothing was trained on. */
  readonly reference: Features;
  /** Others, at least `films` times `blocks`. */
  readonly heldOut: Features;
}

/** The null of a class: mean distance of real films, of the blocks themselves and of each resample of their rows. */
export interface ClassNull {
  readonly value: number;
  readonly replicates: Float64Array;
}

/** How resamples are drawn. */
export interface ResampleOptions {
  readonly stream: Key;
  readonly replicates: number;
  /** Generated films of a class. */
  readonly films: number;
  /** Blocks of held-out films. */
  readonly blocks: number;
}

/**
 * Distances of held-out real films from the reference, computed once for all methods. The resamples draw the rows that the
 * generated films' resamples draw, as in `nullSubtractedFrechetDistanceOfResamples`.
 */
export function nullDistances(
  { classIndex, reference, heldOut }: ClassReference,
  { stream, replicates, films, blocks }: ResampleOptions,
): ClassNull {
  const distance = frechetDistanceFrom(reference);
  const meanOf = (rows: ArrayLike<number>) => {
    let sum = 0;
    for (let block = 0; block < blocks; block++) {
      sum += distance(
        selectRows(
          heldOut,
          Int32Array.from(rows, (row) => row + block * films),
        ),
      );
    }
    return sum / blocks;
  };
  return {
    value: meanOf(Int32Array.from({ length: films }, (_, row) => row)),
    replicates: Float64Array.from({ length: replicates }, (_, replicate) =>
      meanOf(resampledRows(stream, { replicate, classIndex, films })),
    ),
  };
}
