import { MetricInputError } from "../metric-input-error.ts";
import type { FilmStack } from "../distributions/structural-similarity.ts";

/** Changes films; the same shape comes back. */
export type FilmChange = (films: FilmStack) => Promise<FilmStack> | FilmStack;

/** How far films are after a number of cycles from what they were. */
export interface CycleDistance {
  readonly cycles: number;
  /** Mean over films. */
  readonly value: number;
  /** One a film, for intervals. */
  readonly byFilm: Float64Array;
  readonly films: number;
}

/** The mean absolute difference of film k of one stack from film k of another, one number a film. */
export function meanAbsoluteErrors(first: FilmStack, second: FilmStack): Float64Array {
  const [films, height, width] = first.shape;
  const pixels = height * width;
  if (first.data.length !== second.data.length || first.data.length !== films * pixels) {
    throw new MetricInputError(
      "meanAbsoluteErrors",
      "second",
      `has ${second.data.length} pixels, first ${first.data.length} and shape [${first.shape.join(", ")}]; give equal stacks.`,
    );
  }
  return Float64Array.from({ length: films }, (_, film) => {
    let sum = 0;
    for (let at = film * pixels; at < (film + 1) * pixels; at++) {
      sum += Math.abs(first.data[at]! - second.data[at]!);
    }
    return sum / pixels;
  });
}

/** What {@link composition} and {@link reversibility} take beside the change. */
export interface CycleOptions {
  /** After how many cycles to measure; [1, 10] when omitted. */
  readonly cycles?: readonly number[];
  /** Distance of film k of two stacks; {@link meanAbsoluteErrors} when omitted. */
  readonly distance?: (first: FilmStack, second: FilmStack) => Float64Array;
}

/**
 * Composition: how far films drift when nothing is changed, d(x, f_∅^m(x)). Monteiro et al. 2023 (arXiv:2303.01274).
 *
 * @param unchanged The null intervention: encode and decode under the film's own pathology.
 * @returns One entry a number of cycles, ascending.
 */
export async function composition(
  films: FilmStack,
  unchanged: FilmChange,
  options: CycleOptions = {},
): Promise<CycleDistance[]> {
  return distancesOverCycles("composition", films, unchanged, options);
}

/**
 * Reversibility: how far films are from themselves after a change and its undoing, d(x, (f_back ∘ f_there)^m(x)).
 * Monteiro et al. 2023 (arXiv:2303.01274).
 *
 * @returns One entry a number of cycles, ascending.
 */
export async function reversibility(
  films: FilmStack,
  {
    there,
    back,
    ...options
  }: CycleOptions & { readonly there: FilmChange; readonly back: FilmChange },
): Promise<CycleDistance[]> {
  const cycle = async (now: FilmStack) => back(await there(now));
  return distancesOverCycles("reversibility", films, cycle, options);
}

async function distancesOverCycles(
  metric: string,
  films: FilmStack,
  cycle: FilmChange,
  { cycles = [1, 10], distance = meanAbsoluteErrors }: CycleOptions,
): Promise<CycleDistance[]> {
  const wanted = [...cycles].sort((a, b) => a - b);
  if (wanted.length === 0 || !wanted.every((count) => Number.isInteger(count) && count >= 1)) {
    throw new MetricInputError(
      metric,
      "cycles",
      `is [${cycles.join(", ")}]; give whole numbers of 1 or more.`,
    );
  }
  const found: CycleDistance[] = [];
  let now = films;
  for (let done = 1; done <= wanted.at(-1)!; done++) {
    now = await cycle(now);
    if (!wanted.includes(done)) continue;
    const byFilm = distance(films, now);
    const value = byFilm.reduce((sum, each) => sum + each, 0) / byFilm.length;
    found.push({ cycles: done, value, byFilm, films: byFilm.length });
  }
  return found;
}
