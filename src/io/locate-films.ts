import { basename, join, parse } from "node:path/posix";
import type { FilmRow } from "../data/film-table.ts";
import { isFrontal } from "../data/layouts/index.ts";
import type { FilmProblem } from "./film-cache.ts";
import type { ImageFolder } from "./film-files.ts";

/** A row of the table and the file it speaks of. */
export interface FoundFilm {
  readonly row: FilmRow;
  /** Relative to the data folder. */
  readonly path: string;
}

/** Finds a row's file, relative to the data folder. */
export type FileOf = (row: FilmRow) => string | undefined;

export interface LocateOptions {
  /** Values that an attribute may have. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Leaves out films that are not seen from front or back, unless `where` speaks of the view. */
  readonly isFrontalOnly?: boolean;
  /** The flag column that says 0 where a film is not in the chosen folder. */
  readonly flag?: string | undefined;
  /** Gets a sentence for every kind of row or image that was left out for a reason. */
  readonly notes: string[];
}

/** Finds each row's file among `images`; rows that are not wanted, and files that no row names, are counted in the notes. */
export function locateFilms(
  rows: readonly FilmRow[],
  images: readonly string[],
  fileOf: FileOf,
  { where, isFrontalOnly = false, flag, notes }: LocateOptions,
): { found: FoundFilm[]; problems: FilmProblem[] } {
  const found: FoundFilm[] = [];
  const problems: FilmProblem[] = [];
  const used = new Set<string>();
  const count = { elsewhere: 0, filtered: 0, turned: 0, repeated: 0 };
  const mustBeFrontal = isFrontalOnly && where["view"] === undefined;
  for (const row of rows) {
    if (flag !== undefined && row.flags[flag] === "0") {
      count.elsewhere++;
      continue;
    }
    const path = fileOf(row);
    const isFiltered = !Object.entries(where).every(([name, values]) =>
      values.includes(row.attributes[name] ?? ""),
    );
    if (isFiltered || (mustBeFrontal && !isFrontal(row.attributes["view"]))) {
      count[isFiltered ? "filtered" : "turned"]++;
      // Not wanted, but in the table.
      if (path !== undefined) used.add(path);
    } else if (path === undefined)
      problems.push({ file: row.image, reason: "the file is missing" });
    else if (used.has(path)) count.repeated++;
    else {
      used.add(path);
      found.push({ row, path });
    }
  }
  const unlisted = images.filter((path) => !used.has(path)).length;
  const filteredOut = Object.keys(where).join(" and ");
  if (count.elsewhere > 0) notes.push(`${count.elsewhere} rows belong to another image folder.`);
  if (count.filtered > 0) notes.push(`${count.filtered} rows were left out by ${filteredOut}.`);
  if (count.turned > 0) {
    notes.push(
      `${count.turned} films that are not seen from front or back were left out (where: { view: [...] }, --where view=..., takes others).`,
    );
  }
  if (count.repeated > 0) notes.push(`${count.repeated} rows repeat an image and were left out.`);
  if (unlisted > 0) notes.push(`${unlisted} images are not in the table and were left out.`);
  return { found, problems };
}

/**
 * Finds files by their path where the row has one, else by their name in the folder that the row's source names, else by
 * their name in any of the folders. A file that was converted to another format (a.png for the table's a.jpg) is found
 * too, where no other has that name.
 */
export function byFolder(folders: readonly ImageFolder[]): FileOf {
  const paths = folders.flatMap(({ images }) => images);
  const byPath = new Set(paths);
  const byName = new Map(paths.map((path) => [basename(path), path]));
  const byStem = new Map<string, string | undefined>();
  for (const path of paths) {
    const name = parse(path).name;
    byStem.set(name, byStem.has(name) ? undefined : path);
  }
  return ({ image, attributes }) => {
    const home = folders.find(({ name }) => name === attributes["source"]);
    const atHome = home === undefined ? "" : join(home.name, basename(image));
    return (
      [image, atHome].find((path) => byPath.has(path)) ??
      byName.get(basename(image)) ??
      byStem.get(parse(image).name)
    );
  };
}

/**
 * Finds files by the end of their path, whatever folders come before and whatever format they are in: the longest end that
 * only one file has, of at least `pathParts` parts.
 */
export function byPathEnd(images: readonly string[], pathParts: number): FileOf {
  const byEnd = new Map<string, string | undefined>();
  for (const path of images) {
    for (const end of pathEnds(path, pathParts)) {
      byEnd.set(end, byEnd.has(end) ? undefined : path);
    }
  }
  return ({ image }) => {
    for (const end of pathEnds(image, pathParts)) {
      const path = byEnd.get(end);
      if (path !== undefined) return path;
    }
    return undefined;
  };
}

/** A path's ends from the whole path to its last `pathParts` parts, without the endings of its format. */
function pathEnds(path: string, pathParts: number): string[] {
  const parts = filmStem(path)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const count = Math.max(0, parts.length - pathParts + 1);
  return Array.from({ length: count }, (_, from) => parts.slice(from).join("/"));
}

/** A path without the endings of its format: "a/1.dcm.png" is "a/1". */
export function filmStem(path: string): string {
  return path.replace(/(\.(png|jpe?g|tiff?|webp|gif|avif|dcm|dicom))+$/i, "");
}
