import { join } from "node:path";
import {
  FilmTableError,
  readFilmRows,
  recogniseColumns,
  type FilmColumns,
  type FilmRow,
} from "../../data/film-table.ts";
import type { FilmFolderOptions } from "../film-folder-options.ts";
import { chooseImageFolders, chooseTable, type ImageFolder } from "../film-files.ts";
import { InputError } from "../input-error.ts";
import { byFolder, locateFilms } from "../locate-films.ts";
import { readTable } from "../read-table.ts";
import type { FolderReader } from "./film-listing.ts";

/** Any folder of images with one table: the kind that fits when no other does. */
export const LABELLED_TABLE: FolderReader = {
  name: "table",
  title: "images with a table",
  looksLike: "images and labels.csv (or .parquet) with the columns image, labels, patient",
  async list(content, options) {
    if (content.images.length + content.tables.length === 0) return undefined;
    const folders = chooseImageFolders(content, options.images, options.imageSizePx);
    const tableName = chooseTable(content, options.csv);
    const { rows, columns } = await readLabelRows(join(content.root, tableName), options);
    const notes: string[] = [];
    if (folders.length > 1) notes.push(describeMerge(folders, columns));
    const { found, problems } = locateFilms(
      rows,
      folders.flatMap(({ images }) => images),
      byFolder(folders),
      {
        where: options.where ?? {},
        notes,
        flag: folders.length === 1 ? /(\d+)$/.exec(folders[0]!.name)?.[1] : undefined,
      },
    );
    if (found.length === 0) {
      throw new InputError(
        `None of the ${rows.length} rows of ${tableName} has a film in ${namesOf(folders)}.`,
        `Check the image column ("${columns.image}"${rows[0] === undefined ? "" : `, first value "${rows[0].image}"`}) or choose the folder with images: "...".`,
      );
    }
    const { name, title } = LABELLED_TABLE;
    return {
      layout: { name, title },
      found,
      problems,
      notes,
      hasPatients: columns.patient !== undefined,
    };
  },
};

/**
 * Reads a table of films by the usual names of its columns, or those given.
 *
 * @throws InputError naming the table when it has no image or label column.
 */
export async function readLabelRows(
  path: string,
  { columns: mapping, labelSeparator }: Pick<FilmFolderOptions, "columns" | "labelSeparator">,
): Promise<{ rows: FilmRow[]; columns: FilmColumns }> {
  const table = await readTable(path);
  try {
    const columns = recogniseColumns(table, mapping);
    const separator = labelSeparator === undefined ? {} : { labelSeparator };
    return { rows: readFilmRows(table, columns, separator), columns };
  } catch (cause) {
    if (!(cause instanceof FilmTableError)) throw cause;
    const problem = cause.message.replace(cause.fix, "").trim();
    throw new InputError(`${path}: ${problem}`, cause.fix, cause);
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
