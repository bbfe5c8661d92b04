import { basename, resolve } from "node:path";
import type { Film, FilmDataset } from "../data/dataset.ts";
import { fingerprintOf } from "../data/fingerprint.ts";
import { classesByFrequency } from "../data/subset.ts";
import {
  buildFilmCache,
  readCachedFilms,
  type CacheProgress,
  type FilmCache,
  type FilmProblem,
} from "./film-cache.ts";
import { listFolder } from "./film-files.ts";
import type { FilmFolderOptions } from "./film-folder-options.ts";
import { InputError } from "./input-error.ts";
import type { FilmListing } from "./layouts/film-listing.ts";
import { listFilms } from "./layouts/list-films.ts";

export type { FilmFolderOptions } from "./film-folder-options.ts";

/** A data set of films in a folder, with what was left out of it. */
export interface FilmFolder extends FilmDataset {
  /** Of which kind the folder is. */
  readonly layout: { readonly name: string; readonly title: string };
  /** Films that the table lists but that are missing or broken. */
  readonly problems: readonly FilmProblem[];
  /** What a user should know: films left out, patients unknown, sources mixed. One sentence each. */
  readonly notes: readonly string[];
}

/** How far opening has come; the last one carries the data set. */
export type FilmFolderProgress =
  | {
      readonly stage: "decoding";
      readonly done: number;
      readonly total: number;
      readonly broken: number;
    }
  | { readonly stage: "ready"; readonly dataset: FilmFolder };

/** Opens a folder of films and waits until it is ready; see `openingFilmFolder`. */
export async function openFilmFolder(
  folder: string,
  options: FilmFolderOptions,
): Promise<FilmFolder> {
  for await (const progress of openingFilmFolder(folder, options)) {
    if (progress.stage === "ready") return progress.dataset;
  }
  throw new Error("openingFilmFolder ended without a data set.");
}

/**
 * Opens a folder of films as a data set: of whichever known layout it is, or images and a table. The first time, every film
 * is decoded, made grey, square and `imageSizePx` large, and kept in a cache on disk; memory does not grow with the number
 * of films. Films that are missing or broken are named in `problems` and left out. Rows whose flag (NIH's `in64`, `in256`)
 * says 0 for the chosen folder are not missing. Films without a patient each count as a patient of their own.
 *
 * @throws InputError when folder, table, columns or images are not there, in one line with the fix.
 */
export async function* openingFilmFolder(
  folder: string,
  options: FilmFolderOptions,
): AsyncGenerator<FilmFolderProgress, void> {
  const { imageSizePx = 64, fit = "pad" } = options;
  if (!(Number.isInteger(imageSizePx) && imageSizePx >= 8 && imageSizePx <= 4096)) {
    throw new InputError(`imageSizePx is ${imageSizePx}.`, "Give a whole number from 8 to 4096.");
  }
  const content = await listFolder(folder);
  const listing = await listFilms(content, { ...options, imageSizePx });
  const { found, sourceOf } = listing;
  const sources = found.map((film) => sourceOf?.(film) ?? { path: resolve(folder, film.path) });
  const building = buildFilmCache(options.cacheDir, sources, { imageSizePx, fit });
  const cache = yield* withStage(building);
  const broken = [...cache.broken].map(([k, reason]) => ({ file: found[k]!.path, reason }));
  const name = options.name ?? basename(resolve(folder)).replace(/\.npz$/i, "");
  const dataset = assemble(listing, cache, { name, broken });
  if (dataset.films.length === 0) {
    throw new InputError(
      `None of the ${found.length} films in ${folder} can be decoded (first: ${broken[0]!.file}: ${broken[0]!.reason}).`,
      "Copy them again or give another folder.",
    );
  }
  yield { stage: "ready", dataset };
}

// Passes the builder's progress on; `yield*` also passes on the end when nobody listens any more.
async function* withStage(
  building: AsyncGenerator<CacheProgress, FilmCache>,
): AsyncGenerator<FilmFolderProgress, FilmCache> {
  try {
    for (;;) {
      const step = await building.next();
      if (step.done === true) return step.value;
      yield { stage: "decoding", ...step.value };
    }
  } finally {
    await building.return(undefined as never);
  }
}

function assemble(
  { found, problems: missing, notes, hasPatients, layout }: FilmListing,
  cache: FilmCache,
  { name, broken }: { readonly name: string; readonly broken: readonly FilmProblem[] },
): FilmFolder {
  const problems = [...missing, ...broken];
  const positions: number[] = [];
  const films: Film[] = [];
  found.forEach(({ row, path }, position) => {
    if (cache.broken.has(position)) return;
    positions.push(position);
    films.push({
      id: path,
      patient: row.patient ?? path,
      labels: row.labels,
      cell: [...row.labels].sort().join("|"),
      attributes: row.attributes,
    });
  });
  const withoutPatient = films.filter((film) => film.patient === film.id).length;
  const unlabelled = films.filter(({ labels }) => labels.length === 0).length;
  const allNotes = [
    ...notes,
    ...(problems.length > 0 ? [describeProblems(problems)] : []),
    ...(!hasPatients || withoutPatient > 0
      ? [`${withoutPatient} films have no patient; each counts as a patient of its own.`]
      : []),
    ...(unlabelled > 0 ? [`${unlabelled} films have no label.`] : []),
  ];
  return {
    name,
    layout,
    imageSizePx: cache.imageSizePx,
    classes: classesByFrequency(films),
    films,
    fingerprint: fingerprintOf(JSON.stringify([cache.contentHash, films])),
    problems,
    notes: allNotes,
    readImages: async (indices) => {
      const missing = indices.find((index) => positions[index] === undefined);
      if (missing !== undefined) {
        throw new RangeError(
          `readImages: film ${missing} does not exist; ${name} has 0 to ${films.length - 1}.`,
        );
      }
      return readCachedFilms(
        cache,
        indices.map((index) => positions[index]!),
      );
    },
  };
}

function describeProblems(problems: readonly FilmProblem[]): string {
  const shown = problems.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  return `${problems.length} ${problems.length === 1 ? "film was" : "films were"} left out (${shown.join("; ")}${more}).`;
}
