import { TABLE_LAYOUTS } from "../../data/layouts/index.ts";
import type { FolderContent } from "../film-files.ts";
import type { FilmFolderOptions } from "../film-folder-options.ts";
import { InputError } from "../input-error.ts";
import { DICOM_FOLDER } from "./dicom-folder.ts";
import type { FilmListing, FolderReader } from "./film-listing.ts";
import { LABELLED_TABLE } from "./labelled-table.ts";
import { MED_MNIST } from "./med-mnist-archive.ts";
import { OPEN_I } from "./open-i-folder.ts";
import { tableLayoutReader } from "./table-layout.ts";

/** Every kind of folder that is known, in the order in which a folder is tried; the last one takes what is left. */
export const FOLDER_READERS: readonly FolderReader[] = [
  MED_MNIST,
  ...TABLE_LAYOUTS.map(tableLayoutReader),
  OPEN_I,
  DICOM_FOLDER,
  LABELLED_TABLE,
];

/**
 * Finds out of which kind a folder is and lists its films. A table or columns that the user names make it a folder of
 * images with a table, unless a layout is named too.
 *
 * @throws InputError when it is of no kind, or not of the one named; the kinds are listed.
 */
export async function listFilms(
  content: FolderContent,
  options: FilmFolderOptions & { readonly imageSizePx: number },
): Promise<FilmListing> {
  for (const reader of candidates(options)) {
    if (reader === LABELLED_TABLE && isUnlabelled(content, options)) {
      throw new InputError(
        `There is no CSV table in ${content.root}.`,
        `Add labels.csv with the columns image, labels and patient, or give a folder of a known layout. ${describeLayouts()}`,
      );
    }
    const listing = await reader.list(content, options);
    if (listing !== undefined) return listing;
  }
  throw new InputError(
    options.layout === undefined
      ? `${content.root} holds no films that can be read.`
      : `${content.root} is no folder of the layout "${options.layout}".`,
    describeLayouts(),
  );
}

function isUnlabelled({ images, tables }: FolderContent, { csv }: FilmFolderOptions): boolean {
  return images.length > 0 && tables.length === 0 && csv === undefined;
}

function candidates({ layout, csv, columns }: FilmFolderOptions): readonly FolderReader[] {
  if (layout !== undefined) {
    const named = FOLDER_READERS.filter(({ name }) => name === layout);
    if (named.length > 0) return named;
    throw new InputError(`There is no layout "${layout}".`, describeLayouts());
  }
  const isNamed = csv !== undefined || columns !== undefined;
  return isNamed ? [DICOM_FOLDER, LABELLED_TABLE] : FOLDER_READERS;
}

/** The known layouts in one line. */
export function describeLayouts(): string {
  const kinds = FOLDER_READERS.map(({ name, looksLike }) => `${name} (${looksLike})`);
  return `Known layouts: ${kinds.join("; ")}.`;
}
