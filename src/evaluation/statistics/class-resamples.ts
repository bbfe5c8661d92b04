import { foldIn, randint, type Key } from "../../engine/index.ts";

/**
 * Row numbers of one resample of a class's films, with replacement. They depend on nothing but the numbers given: sample k of
 * one method stands beside sample k of every other.
 */
export function resampledRows(
  stream: Key,
  {
    replicate,
    classIndex,
    films,
  }: {
    readonly replicate: number;
    readonly classIndex: number;
    readonly films: number;
  },
): Int32Array {
  return randint(foldIn(foldIn(stream, replicate), classIndex), films, { max: films });
}
