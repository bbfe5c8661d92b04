import type { Film } from "./dataset.ts";
import { describePairs, type PairDescription } from "./pair-description.ts";
import { classesByFrequency } from "./subset.ts";

/** How frequent a class is: above 500 films head, from 100 medium, below that tail. */
export type ClassFrequency = "head" | "medium" | "tail";

export interface ClassDescription {
  readonly name: string;
  readonly films: number;
  readonly patients: number;
  readonly frequency: ClassFrequency;
}

/** What a set of films holds, in numbers. */
export interface FilmsDescription {
  readonly films: number;
  readonly patients: number;
  /** Patients with two films or more. */
  readonly patientsWithSeveral: number;
  readonly pairs: PairDescription;
  /** Most frequent first. */
  readonly classes: readonly ClassDescription[];
  /** Films of each view, most frequent first; "" where it is not known. */
  readonly views: Readonly<Record<string, number>>;
}

/** Counts films, patients, pairs, classes and views. */
export function describeFilms(films: readonly Film[]): FilmsDescription {
  const ofPatient = countBy(films.map(({ patient }) => patient));
  const views = countBy(films.map(({ attributes }) => attributes["view"] ?? ""));
  return {
    films: films.length,
    patients: ofPatient.size,
    patientsWithSeveral: [...ofPatient.values()].filter((count) => count > 1).length,
    pairs: describePairs({ films }),
    classes: classesByFrequency(films).map((name) => {
      const having = films.filter(({ labels }) => labels.includes(name));
      return {
        name,
        films: having.length,
        patients: new Set(having.map(({ patient }) => patient)).size,
        frequency: classFrequency(having.length),
      };
    }),
    views: Object.fromEntries([...views].sort(([, a], [, b]) => b - a)),
  };
}

/** Head, medium or tail by the number of films. */
export function classFrequency(films: number): ClassFrequency {
  if (films > 500) return "head";
  return films >= 100 ? "medium" : "tail";
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
