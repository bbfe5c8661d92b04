import type { FilmColumn } from "./film-columns.ts";

/** Films by what people call them. */
export interface FilmNames {
  readonly count: number;
  labelOf(film: number): string;
  /** The column of patients, where there is one. */
  readonly patients: FilmColumn | undefined;
}

/**
 * Finds films by a film's name or a patient's: those that are called so first, then those whose name begins so, then those that hold it.
 * Case does not count.
 *
 * @param most At most so many.
 */
export function findFilms(names: FilmNames, text: string, most: number): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const found: [called: number[], beginning: number[], holding: number[]] = [[], [], []];
  for (let film = 0; film < names.count && found[0].length < most; film++) {
    let best = 3;
    for (const name of [names.labelOf(film), names.patients?.words(film) ?? ""]) {
      const lower = name.toLowerCase();
      const at =
        lower === wanted ? 0 : lower.startsWith(wanted) ? 1 : lower.includes(wanted) ? 2 : 3;
      best = Math.min(best, at);
    }
    if (best < 3 && found[best]!.length < most) found[best]!.push(film);
  }
  return found.flat().slice(0, most);
}

/** The film that a name means: the first of those called so. */
export function filmCalled(names: FilmNames, text: string): number | undefined {
  const wanted = text.trim().toLowerCase();
  const [first] = findFilms(names, text, 1);
  if (first === undefined) return undefined;
  const own = [names.labelOf(first), names.patients?.words(first)];
  return own.some((name) => name?.toLowerCase() === wanted) ? first : undefined;
}
