import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { isDicom, isDicomName } from "./decode-dicom.ts";
import { eachWithLimit } from "./each-with-limit.ts";
import { InputError } from "./input-error.ts";
import { isTable } from "./read-table.ts";

const IMAGE_NAME = /\.(png|jpe?g|tiff?|webp|gif|avif|dcm|dicom)$/i;
const ARCHIVE_NAME = /\.npz$/i;

/** What lies in a data folder: paths relative to it, sorted by name. */
export interface FolderContent {
  readonly root: string;
  /** Every file that is not hidden. */
  readonly paths: readonly string[];
  /** Image files, DICOM among them. */
  readonly images: readonly string[];
  readonly tables: readonly string[];
  /** NumPy archives of many films. */
  readonly archives: readonly string[];
}

/**
 * Lists images, tables and archives of a folder and its subfolders; hidden files are passed over. A single .npz archive
 * counts as a folder that holds nothing else. Files without an ending are images when they begin as DICOM does.
 */
export async function listFolder(root: string): Promise<FolderContent> {
  const info = await stat(root).catch(() => undefined);
  if (info === undefined) {
    throw new InputError(
      `The data folder ${root} does not exist.`,
      "Give the folder that holds your films and their CSV table.",
    );
  }
  if (info.isFile() && ARCHIVE_NAME.test(root)) {
    const name = basename(root);
    return { root: dirname(root), paths: [name], images: [], tables: [], archives: [name] };
  }
  if (!info.isDirectory()) {
    throw new InputError(
      `${root} is a file, not a folder.`,
      "Give the folder that holds your films and their CSV table.",
    );
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const named = paths.filter((path) => IMAGE_NAME.test(path));
  return {
    root,
    paths,
    images: named.length > 0 ? named : await findDicom(root, paths),
    tables: paths.filter(isTable),
    archives: paths.filter((path) => ARCHIVE_NAME.test(path)),
  };
}

// Exports from archives name films IM-0001-0001 or by UID. DICOMDIR is their table of contents.
async function findDicom(root: string, paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const possible = paths.filter((path) => isDicomName(path) && basename(path) !== "DICOMDIR");
  await eachWithLimit(possible, 8, async (path) => {
    const file = await open(join(root, path), "r");
    try {
      const start = new Uint8Array(132);
      await file.read(start, 0, 132, 0);
      if (isDicom(start)) found.add(path);
    } finally {
      await file.close();
    }
  });
  return possible.filter((path) => found.has(path));
}

/** Chooses the table: the one asked for, one with a usual name, or the only one. */
export function chooseTable({ root, tables }: FolderContent, wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (tables.includes(wanted)) return wanted;
    throw new InputError(
      `There is no table ${wanted} in ${root}.`,
      tables.length > 0 ? `Its tables are: ${tables.join(", ")}.` : "The folder holds no table.",
    );
  }
  const usual = [
    /^labels\.(csv|csv\.gz|tsv|parquet)$/i,
    /^data_entry_2017.*\.csv$/i,
    /^metadata\.(csv|csv\.gz|tsv|parquet)$/i,
  ];
  for (const name of usual) {
    const found = tables.find((path) => name.test(path));
    if (found !== undefined) return found;
  }
  if (tables.length === 1) return tables[0]!;
  throw tables.length === 0
    ? new InputError(
        `There is no CSV table in ${root}.`,
        "Add labels.csv with the columns image, labels and patient.",
      )
    : new InputError(
        `${root} holds several tables: ${shortList(tables)}.`,
        'Choose one with csv: "..." (--csv).',
      );
}

/** A folder of images within the data folder; NIH's twelve `images_001/images` parts count as one. */
export interface ImageFolder {
  /** Relative to the data folder; "" is the data folder itself. */
  readonly name: string;
  readonly images: readonly string[];
}

/** Groups images by the folder they lie in. */
export function groupByFolder({ images }: FolderContent): ImageFolder[] {
  const groups = new Map<string, string[]>();
  for (const path of images) {
    const folder = dirname(path) === "." ? "" : dirname(path);
    const name = folder.replace(/(^|\/)images_\d{3}\/images$/, "$1images");
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [path]);
    else group.push(path);
  }
  return [...groups].map(([name, paths]) => ({ name, images: paths }));
}

/**
 * Chooses the image folders of a run: those asked for, or the only one. Among folders that hold the
 * same films at several sizes (`nih64`, `nih256`) the smallest one that is large enough is taken.
 */
export function chooseImageFolders(
  content: FolderContent,
  wanted: string | readonly string[] | undefined,
  imageSizePx: number,
): ImageFolder[] {
  const folders = groupByFolder(content);
  if (folders.length === 0) {
    throw new InputError(
      `There are no images in ${content.root}.`,
      "Give a folder with PNG, JPEG or TIFF films.",
    );
  }
  if (wanted !== undefined) {
    return [wanted].flat().map((name) => {
      const found = folders.find((folder) => folder.name === name.replace(/\/$/, ""));
      if (found !== undefined) return found;
      throw new InputError(
        `There are no images in ${join(content.root, name)}.`,
        `Folders with images: ${shortList(folders.map(nameOf))}.`,
      );
    });
  }
  const chosen = chooseBySize(folders, ({ name }) => name, imageSizePx);
  if (chosen !== undefined) return [chosen];
  throw new InputError(
    `${content.root} holds several folders of images: ${shortList(folders.map(nameOf))}.`,
    'Choose one with images: "..." (--images); films of different sources must not be mixed by accident.',
  );
}

/**
 * Among things that are the same at several sizes, by the number at the end of their names, the smallest one that is large
 * enough; the only one; or none.
 *
 * @param unnumberedPx The size of the one without a number; without it, none may lack one.
 */
export function chooseBySize<Item>(
  items: readonly Item[],
  nameOfItem: (item: Item) => string,
  imageSizePx: number,
  unnumberedPx = 0,
): Item | undefined {
  if (items.length === 1) return items[0];
  const stems = new Set(items.map((item) => nameOfItem(item).replace(/_?\d+$/, "")));
  const sized = items.map((item) => ({
    item,
    size: Number(/\d+$/.exec(basename(nameOfItem(item)))?.[0] ?? unnumberedPx),
  }));
  if (stems.size !== 1 || sized.some(({ size }) => size === 0)) return undefined;
  sized.sort((a, b) => a.size - b.size);
  return (sized.find(({ size }) => size >= imageSizePx) ?? sized.at(-1))?.item;
}

function nameOf({ name }: ImageFolder): string {
  return name === "" ? "." : name;
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
