import { quantile } from "../metrics/index.ts";
import type { AnatomyMeasure } from "./anatomy.ts";
import type { FilmReader } from "./networks/film-reader.ts";

/** The training films' 1st and 99th percentile of each measure that the judge can read. */
export type AnatomyRanges = Readonly<Partial<Record<AnatomyMeasure, readonly [number, number]>>>;

/** Ranges of the measures that the judge reads well enough, over training films. */
export async function anatomyRanges(
  judge: FilmReader,
  films: Float32Array,
  readable: readonly AnatomyMeasure[],
): Promise<AnatomyRanges> {
  const { anatomy } = await judge.read(films);
  return Object.fromEntries(
    readable.map((name) => {
      const sorted = Float64Array.from(anatomy[name]).sort();
      return [name, [quantile(sorted, 0.01), quantile(sorted, 0.99)] as const];
    }),
  );
}
