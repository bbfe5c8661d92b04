import type { Film } from "./dataset.ts";

/** Attributes that describe the pathology and not the patient; phantoms have them, folders may. */
const DESCRIBING = ["side", "zone", "severity"] as const;

/** What a classifier of the pathology should tell: the labels, and side, zone and severity where known. */
export function cellTokens({ labels, attributes }: Pick<Film, "labels" | "attributes">): string[] {
  const described = DESCRIBING.flatMap((name) => {
    const value = attributes[name];
    return value === undefined || value === "none" ? [] : [`${name}:${value}`];
  });
  return [...labels, ...described];
}

/** Every cell token that occurs, in alphabetical order: the classes of a run. */
export function tokenVocabulary(films: readonly Film[]): string[] {
  return [...new Set(films.flatMap(cellTokens))].sort();
}

/** Which tokens of `vocabulary` each film has: 0 or 1, shape [films, vocabulary]. */
export function tokenLabels(films: readonly Film[], vocabulary: readonly string[]): Float32Array {
  const column = new Map(vocabulary.map((token, index) => [token, index]));
  const labels = new Float32Array(films.length * vocabulary.length);
  films.forEach((film, row) => {
    for (const token of cellTokens(film)) {
      const index = column.get(token);
      if (index !== undefined) labels[row * vocabulary.length + index] = 1;
    }
  });
  return labels;
}
