import type { FilmDataset } from "./dataset.ts";
import { fingerprintOf } from "./fingerprint.ts";

/**
 * The films of a dataset at `indices`, in that order, as a dataset of their own. Its classes are the
 * labels that occur in it, most frequent first.
 */
export function subsetDataset(dataset: FilmDataset, indices: readonly number[]): FilmDataset {
  const films = indices.map((index) => {
    const film = dataset.films[index];
    if (film === undefined) {
      throw new RangeError(
        `subsetDataset: film ${index} does not exist; the dataset has 0 to ${dataset.films.length - 1}.`,
      );
    }
    return film;
  });
  return {
    name: dataset.name,
    imageSizePx: dataset.imageSizePx,
    classes: classesByFrequency(films),
    films,
    fingerprint: fingerprintOf(JSON.stringify([dataset.fingerprint, indices])),
    readImages: (chosen) => dataset.readImages(chosen.map((index) => indices[index] ?? -1)),
  };
}

/** Every label of the films, most frequent first, equally frequent ones by name. */
export function classesByFrequency(
  films: readonly { readonly labels: readonly string[] }[],
): string[] {
  const counts = new Map<string, number>();
  for (const { labels } of films) {
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([label]) => label);
}
