import { join } from "node:path";
import type { FilmLayout, LayoutTable, NamedTable } from "../../data/layouts/index.ts";
import { chooseImageFolders } from "../film-files.ts";
import { InputError } from "../input-error.ts";
import { byFolder, byPathEnd, locateFilms } from "../locate-films.ts";
import { readTable } from "../read-table.ts";
import type { FilmListing, FolderReader } from "./film-listing.ts";

/** Reads folders of a published data set that is known by its tables. */
export function tableLayoutReader(layout: FilmLayout): FolderReader {
  const { name, title, looksLike } = layout;
  return {
    name,
    title,
    looksLike,
    async list(content, options): Promise<FilmListing | undefined> {
      const tables = await readTables(layout, content.root, content.paths);
      if (tables === undefined) return undefined;
      const reading = layout.read(tables);
      const names = Object.values(tables).flatMap((each) => each.map(({ path }) => path));
      const notes = [`Recognised as ${title} by ${names.join(", ")}.`, ...reading.notes];
      const where = options.where ?? {};
      const isByFolder = layout.films === "one folder" || options.images !== undefined;
      const folders = isByFolder
        ? chooseImageFolders(content, options.images, options.imageSizePx)
        : [{ name: "", images: content.images }];
      const images = folders.flatMap((folder) => folder.images);
      const { found, problems } = locateFilms(
        reading.rows,
        images,
        layout.films === "one folder"
          ? byFolder(folders)
          : byPathEnd(images, layout.films.pathParts),
        { where, notes, isFrontalOnly: true },
      );
      if (found.length === 0) {
        const first = problems[0];
        throw new InputError(
          `${content.root} has the tables of ${title} (${names.join(", ")}) but none of the films they list and that are wanted${first === undefined ? "" : ` (first: ${first.file})`}.`,
          `Such a folder holds ${looksLike}.`,
        );
      }
      return { layout: { name, title }, found, problems, notes, hasPatients: true };
    },
  };
}

/** The layout's tables by their role; undefined when one that it needs is not there. */
async function readTables(
  { tables }: FilmLayout,
  root: string,
  paths: readonly string[],
): Promise<Record<string, NamedTable[]> | undefined> {
  const wanted = Object.entries(tables).map(([role, table]) => ({
    role,
    table,
    paths: paths.filter((path) => table.path.test(path)),
  }));
  if (wanted.some(({ table, paths: found }) => found.length === 0 && table.isOptional !== true)) {
    return undefined;
  }
  const byRole: Record<string, NamedTable[]> = {};
  for (const { role, table, paths: found } of wanted) {
    const fitting = await readFitting(root, found, table);
    if (fitting.length === 0 && table.isOptional !== true) return undefined;
    byRole[role] = fitting;
  }
  return byRole;
}

async function readFitting(
  root: string,
  paths: readonly string[],
  { columns = [] }: LayoutTable,
): Promise<NamedTable[]> {
  const fitting: NamedTable[] = [];
  for (const path of paths) {
    const table = await readTable(join(root, path));
    if (columns.every((column) => table.columns.includes(column))) fitting.push({ ...table, path });
  }
  return fitting;
}
