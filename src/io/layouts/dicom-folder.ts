import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FilmRow } from "../../data/film-table.ts";
import { readDicom, type DicomFilm } from "../../formats/dicom/index.ts";
import { eachWithLimit } from "../each-with-limit.ts";
import type { FilmProblem } from "../film-cache.ts";
import { chooseTable, type FolderContent } from "../film-files.ts";
import type { FilmFolderOptions } from "../film-folder-options.ts";
import { InputError } from "../input-error.ts";
import { filmStem, locateFilms } from "../locate-films.ts";
import { isDicomName } from "../decode-dicom.ts";
import type { FolderReader } from "./film-listing.ts";
import { readLabelRows } from "./labelled-table.ts";

/** Modalities that take one picture of the chest at a time; others (CT, MR, reports) hold no plain film. */
const FILM_MODALITIES = ["CR", "DX", "DR", "RG", "RF", "XC", "OT", "SC"];

/** DICOM files: patient, view, sex and age from their headers, findings from a table beside them. */
export const DICOM_FOLDER: FolderReader = {
  name: "dicom",
  title: "DICOM films",
  looksLike:
    "DICOM files (.dcm or without ending), with labels.csv (columns image, labels) for their findings",
  async list(content, options) {
    const paths = content.images.filter(isDicomName);
    if (paths.length === 0 || paths.length < content.images.length / 2) return undefined;
    const headers = await readHeaders(content.root, paths);
    const table = await readLabels(content, options);
    const labelled = table === undefined ? undefined : rowsByFilm(table.rows, headers.films);
    const films = [...headers.films].map(([path, film]) =>
      rowOf(path, film, labelled?.of.get(path)),
    );
    const notes = [`Recognised as DICOM films (${headers.films.size} files).`];
    if (table === undefined)
      notes.push(
        "There is no table of findings: add labels.csv with the columns image and labels.",
      );
    else notes.push(`Findings are read from ${table.name}.`);
    const raw = [...headers.films.values()].filter(({ isForProcessing }) => isForProcessing).length;
    if (raw > 0) {
      notes.push(
        `${raw} films are raw detector data (FOR PROCESSING): their greys differ from films for reading.`,
      );
    }
    const { found, problems } = locateFilms(
      films,
      [...headers.films.keys()],
      ({ image }) => image,
      { where: options.where ?? {}, isFrontalOnly: true, notes },
    );
    if (found.length === 0) {
      const first = headers.problems[0];
      throw new InputError(
        `None of the ${paths.length} DICOM files of ${content.root} is a film that is wanted${first === undefined ? "" : ` (first: ${first.file}: ${first.reason})`}.`,
        "Give a folder with CR or DX films from front or back, or choose others with where: { view: [...] }.",
      );
    }
    const missing = labelled?.missing ?? [];
    return {
      layout: { name: "dicom", title: "DICOM films" },
      found,
      problems: [...missing, ...headers.problems, ...problems],
      notes,
      hasPatients: true,
    };
  },
};

interface Headers {
  readonly films: ReadonlyMap<string, DicomFilm>;
  readonly problems: readonly FilmProblem[];
}

async function readHeaders(root: string, paths: readonly string[]): Promise<Headers> {
  const films = new Map<string, DicomFilm>();
  const reasons = new Map<string, string>();
  await eachWithLimit(paths, 8, async (path) => {
    try {
      const film = await readHeader(join(root, path));
      if (FILM_MODALITIES.includes(film.modality ?? "OT")) films.set(path, film);
      else reasons.set(path, `its modality is ${film.modality}, no plain film`);
    } catch (cause) {
      reasons.set(path, `the file cannot be decoded (${(cause as Error).message})`);
    }
  });
  // In the order of the paths, whichever file was read first.
  return {
    films: new Map(
      paths.flatMap((path) => (films.has(path) ? [[path, films.get(path)!] as const] : [])),
    ),
    problems: paths.flatMap((file) => {
      const reason = reasons.get(file);
      return reason === undefined ? [] : [{ file, reason }];
    }),
  };
}

const HEADER_BYTES = 64 * 1024;

/** Reads the beginning of a file, or all of it where the header is longer. */
async function readHeader(path: string): Promise<DicomFilm> {
  const file = await open(path, "r");
  try {
    const start = new Uint8Array(HEADER_BYTES);
    const { bytesRead } = await file.read(start, 0, HEADER_BYTES, 0);
    try {
      return readDicom(start.subarray(0, bytesRead), { isHeaderOnly: true }).film;
    } catch (cause) {
      if (bytesRead < HEADER_BYTES) throw cause;
      return readDicom(await file.readFile(), { isHeaderOnly: true }).film;
    }
  } finally {
    await file.close();
  }
}

async function readLabels(
  content: FolderContent,
  options: FilmFolderOptions,
): Promise<{ readonly name: string; readonly rows: readonly FilmRow[] } | undefined> {
  if (content.tables.length === 0 && options.csv === undefined) return undefined;
  const name = chooseTable(content, options.csv);
  return { name, rows: (await readLabelRows(join(content.root, name), options)).rows };
}

/** The row of each film: by its path or file name, with or without ending, or by its SOP instance UID. */
function rowsByFilm(
  rows: readonly FilmRow[],
  films: ReadonlyMap<string, DicomFilm>,
): { readonly of: ReadonlyMap<string, FilmRow>; readonly missing: readonly FilmProblem[] } {
  const pathOf = new Map<string, string>();
  for (const [path, { instance }] of films) {
    for (const name of [instance, basename(filmStem(path)), basename(path), filmStem(path), path]) {
      if (name !== undefined) pathOf.set(name, path);
    }
  }
  const of = new Map<string, FilmRow>();
  const missing: FilmProblem[] = [];
  for (const row of rows) {
    const path =
      pathOf.get(row.image) ?? pathOf.get(filmStem(row.image)) ?? pathOf.get(basename(row.image));
    if (path === undefined) missing.push({ file: row.image, reason: "the file is missing" });
    else of.set(path, row);
  }
  return { of, missing };
}

/** What the header says; what the table says of the patient and the view goes before it. */
function rowOf(path: string, film: DicomFilm, row: FilmRow | undefined): FilmRow {
  const { patient, view, sex, ageYears, bodyPart } = film;
  return {
    image: path,
    labels: row?.labels ?? [],
    patient: row?.patient ?? patient,
    attributes: {
      ...(view === undefined ? {} : { view }),
      ...(sex === undefined ? {} : { sex }),
      ...(ageYears === undefined ? {} : { age: String(ageYears) }),
      ...(bodyPart === undefined ? {} : { bodyPart }),
      ...row?.attributes,
    },
    flags: {},
  };
}
