import { basename, join, parse } from "node:path/posix";
import type { FilmRow } from "../data/film-table.ts";
import type { FilmProblem } from "./film-cache.ts";
import type { ImageFolder } from "./film-files.ts";

/** A row of the table and the file it speaks of. */
export interface FoundFilm {
  readonly row: FilmRow;
  /** Relative to the data folder. */
  readonly path: string;
}

/**
 * Finds each row's file: by its path where the row has one, else by its name in the folder that its
 * source names, else by its name in any of the folders. A file that was converted to another format
 * (a.png for the table's a.jpg) is found too, where no other has that name.
 *
 * @param notes Gets a sentence for every kind of row or image that was left out for a reason.
 */
export function locateFilms(
  rows: readonly FilmRow[],
  folders: readonly ImageFolder[],
  { where, notes }: { where: Readonly<Record<string, readonly string[]>>; notes: string[] },
): { found: FoundFilm[]; problems: FilmProblem[] } {
  const fileOf = filesByName(folders);
  const flag = /(\d+)$/.exec(folders[0]!.name)?.[1];
  const found: FoundFilm[] = [];
  const problems: FilmProblem[] = [];
  const used = new Set<string>();
  const count = { elsewhere: 0, filtered: 0, repeated: 0 };
  for (const row of rows) {
    if (folders.length === 1 && flag !== undefined && row.flags[flag] === "0") {
      count.elsewhere++;
      continue;
    }
    if (
      !Object.entries(where).every(([name, values]) => values.includes(row.attributes[name] ?? ""))
    ) {
      count.filtered++;
      continue;
    }
    const path = fileOf(row);
    if (path === undefined) problems.push({ file: row.image, reason: "the file is missing" });
    else if (used.has(path)) count.repeated++;
    else {
      used.add(path);
      found.push({ row, path });
    }
  }
  const unlisted = folders.flatMap(({ images }) => images).filter((path) => !used.has(path)).length;
  const filteredOut = Object.keys(where).join(" and ");
  if (count.elsewhere > 0) notes.push(`${count.elsewhere} rows belong to another image folder.`);
  if (count.filtered > 0) notes.push(`${count.filtered} rows were left out by ${filteredOut}.`);
  if (count.repeated > 0) notes.push(`${count.repeated} rows repeat an image and were left out.`);
  if (unlisted - count.filtered > 0) {
    notes.push(`${unlisted - count.filtered} images are not in the table and were left out.`);
  }
  return { found, problems };
}

function filesByName(folders: readonly ImageFolder[]): (row: FilmRow) => string | undefined {
  const paths = folders.flatMap(({ images }) => images);
  const byPath = new Set(paths);
  const byName = new Map(paths.map((path) => [basename(path), path]));
  const byStem = new Map<string, string | undefined>();
  for (const path of paths) {
    const name = stem(path);
    byStem.set(name, byStem.has(name) ? undefined : path);
  }
  return ({ image, attributes }) => {
    const home = folders.find(({ name }) => name === attributes["source"]);
    const atHome = home === undefined ? "" : join(home.name, basename(image));
    return (
      [image, atHome].find((path) => byPath.has(path)) ??
      byName.get(basename(image)) ??
      byStem.get(stem(image))
    );
  };
}

function stem(path: string): string {
  return parse(path).name;
}
