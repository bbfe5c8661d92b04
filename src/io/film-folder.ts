import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Film, FilmDataset } from "../data/dataset.ts";
import {
  FilmTableError,
  readFilmRows,
  recogniseColumns,
  type FilmColumns,
  type FilmRow,
} from "../data/film-table.ts";
import { fingerprintOf } from "../data/fingerprint.ts";
import { classesByFrequency } from "../data/subset.ts";
import { parseCsv, type CsvTable } from "../formats/csv.ts";
import { FormatError } from "../formats/format-error.ts";
import type { SquareFit } from "./decode-image.ts";
import {
  buildFilmCache,
  readCachedFilms,
  type CacheProgress,
  type FilmCache,
  type FilmProblem,
} from "./film-cache.ts";
import { chooseImageFolders, chooseTable, listFolder, type ImageFolder } from "./film-files.ts";
import { InputError } from "./input-error.ts";
import { locateFilms, type FoundFilm } from "./locate-films.ts";

export interface FilmFolderOptions {
  /** Folder for the cache of resized films; made when missing, used again next time. */
  readonly cacheDir: string;
  /** Side of the square films; 64 when omitted. */
  readonly imageSizePx?: number;
  /** How films that are not square become square; "pad" when omitted. */
  readonly fit?: SquareFit;
  /** The table, relative to the folder; found by its usual name when omitted. */
  readonly csv?: string;
  /** The folder of images, relative to the data folder; found when omitted. Several need a source column. */
  readonly images?: string | readonly string[];
  /** What the columns are called; usual names are recognised. */
  readonly columns?: Partial<FilmColumns>;
  /** What separates several findings of one film; "|" when omitted. */
  readonly labelSeparator?: string;
  /** Values that an attribute may have, such as { view: ["PA"] }; other films are left out. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Short name of the data set; the folder's name when omitted. */
  readonly name?: string;
}

/** A data set of films in a folder, with what was left out of it. */
export interface FilmFolder extends FilmDataset {
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
 * Opens images and a CSV table as a data set. The first time, every film is decoded, made grey, square
 * and `imageSizePx` large, and kept in a cache on disk; memory does not grow with the number of films.
 * Films that are missing or broken are named in `problems` and left out. Rows whose flag (NIH's
 * `in64`, `in256`) says 0 for the chosen folder are not missing. Films without a patient column each
 * count as a patient of their own.
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
  const imageFolders = chooseImageFolders(content, options.images, imageSizePx);
  const tableName = chooseTable(content, options.csv);
  const { rows, columns } = await readTable(join(folder, tableName), options);
  const notes: string[] = [];
  if (imageFolders.length > 1) notes.push(describeMerge(imageFolders, columns));
  const { found, problems } = locateFilms(rows, imageFolders, {
    where: options.where ?? {},
    notes,
  });
  if (found.length === 0) {
    throw new InputError(
      `None of the ${rows.length} rows of ${tableName} has a film in ${namesOf(imageFolders)}.`,
      `Check the image column ("${columns.image}"${rows[0] === undefined ? "" : `, first value "${rows[0].image}"`}) or choose the folder with images: "...".`,
    );
  }
  const files = found.map(({ path }) => resolve(folder, path));
  const building = buildFilmCache(options.cacheDir, files, { imageSizePx, fit });
  const cache = yield* withStage(building);
  const broken = [...cache.broken].map(([k, reason]) => ({ file: found[k]!.path, reason }));
  const dataset = assemble(found, cache, {
    name: options.name ?? basename(resolve(folder)),
    problems: [...problems, ...broken],
    notes,
    hasPatients: columns.patient !== undefined,
  });
  if (dataset.films.length === 0) {
    throw new InputError(
      `None of the ${files.length} films in ${namesOf(imageFolders)} can be decoded (first: ${broken[0]!.file}: ${broken[0]!.reason}).`,
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

async function readTable(
  path: string,
  { columns: mapping, labelSeparator }: FilmFolderOptions,
): Promise<{ rows: FilmRow[]; columns: FilmColumns }> {
  let table: CsvTable;
  try {
    table = parseCsv(await readFile(path));
    const columns = recogniseColumns(table, mapping);
    const separator = labelSeparator === undefined ? {} : { labelSeparator };
    return { rows: readFilmRows(table, columns, separator), columns };
  } catch (cause) {
    if (cause instanceof FilmTableError || cause instanceof FormatError) {
      const problem = cause.message.replace(cause.fix, "").trim();
      throw new InputError(`${path}: ${problem}`, cause.fix, cause);
    }
    throw cause;
  }
}

function describeMerge(folders: readonly ImageFolder[], columns: FilmColumns): string {
  if (columns.source === undefined) {
    throw new InputError(
      `Films of several folders (${namesOf(folders)}) cannot be told apart.`,
      'Add a column that says where each film comes from and name it with columns: { source: "..." }, or choose one folder.',
    );
  }
  return (
    `Films of several sources are mixed (${namesOf(folders)}): where their mix of findings differs, ` +
    "a model can learn the source in place of the disease. Compare results within each source."
  );
}

function namesOf(folders: readonly ImageFolder[]): string {
  return folders.map(({ name }) => (name === "" ? "the data folder" : name)).join(", ");
}

function assemble(
  found: readonly FoundFilm[],
  cache: FilmCache,
  {
    name,
    problems,
    notes,
    hasPatients,
  }: {
    readonly name: string;
    readonly problems: readonly FilmProblem[];
    readonly notes: readonly string[];
    readonly hasPatients: boolean;
  },
): FilmFolder {
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
  return `${problems.length} films were left out (${shown.join("; ")}${more}).`;
}
