import type { MapPlace, PointFinder } from "../../drawing/point-finder.ts";
import type { SelectedRegion, SelectionMode } from "./latent-explorer-protocol.ts";

/** A set of films, as a bit for each. */
export interface FilmSelection {
  readonly bits: Uint8Array;
  readonly count: number;
}

export function noFilms(filmCount: number): FilmSelection {
  return { bits: new Uint8Array(Math.ceil(filmCount / 8)), count: 0 };
}

export function hasFilm({ bits }: Pick<FilmSelection, "bits">, film: number): boolean {
  return ((bits[film >> 3] ?? 0) & (1 << (film & 7))) !== 0;
}

/** The films of a selection, ascending. */
export function selectedFilms(selection: FilmSelection): Uint32Array {
  const films = new Uint32Array(selection.count);
  let at = 0;
  for (const [place, byte] of selection.bits.entries()) {
    if (byte === 0) continue;
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) films[at++] = place * 8 + bit;
  }
  return films;
}

/** A selection with `films` put in its place, added, or each put in or taken out. */
export function changedSelection(
  before: FilmSelection,
  films: Iterable<number>,
  mode: SelectionMode,
): FilmSelection {
  const bits = mode === "replace" ? new Uint8Array(before.bits.length) : before.bits.slice();
  let count = mode === "replace" ? 0 : before.count;
  for (const film of films) {
    const isIn = hasFilm({ bits }, film);
    if (isIn && mode !== "toggle") continue;
    bits[film >> 3]! ^= 1 << (film & 7);
    count += isIn ? -1 : 1;
  }
  return { bits, count };
}

/** The films of a region of the map, or of a colour. */
export function filmsOfRegion(
  region: SelectedRegion,
  { finder, colours }: { readonly finder: PointFinder; readonly colours: Uint16Array },
): Iterable<number> {
  switch (region.kind) {
    case "polygon":
      return finder.inside(placesOf(region.places));
    case "ring":
      return finder.within(region, region.radius);
    case "colour": {
      const films: number[] = [];
      for (const [film, place] of colours.entries()) if (place === region.place) films.push(film);
      return films;
    }
    case "films":
      return region.films.filter(
        (film) => Number.isInteger(film) && film >= 0 && film < colours.length,
      );
  }
}

function placesOf(flat: readonly number[]): MapPlace[] {
  return Array.from({ length: flat.length >> 1 }, (_, at) => ({
    x: flat[at * 2]!,
    y: flat[at * 2 + 1]!,
  }));
}
