import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { InputError } from "./input-error.ts";

const IMAGE_NAME = /\.(png|jpe?g|tiff?|webp|gif|avif)$/i;
const TABLE_NAME = /\.csv$/i;

/** What lies in a data folder: paths relative to it, sorted by name. */
export interface FolderContent {
  readonly root: string;
  readonly images: readonly string[];
  readonly tables: readonly string[];
}

/** Lists images and tables of a folder and its subfolders; hidden files are passed over. */
export async function listFolder(root: string): Promise<FolderContent> {
  const info = await stat(root).catch(() => undefined);
  if (info === undefined) {
    throw new InputError(
      `The data folder ${root} does not exist.`,
      "Give the folder that holds your films and their CSV table.",
    );
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
  return {
    root,
    images: paths.filter((path) => IMAGE_NAME.test(path)),
    tables: paths.filter((path) => TABLE_NAME.test(path)),
  };
}

/** Chooses the table: the one asked for, one with a usual name, or the only one. */
export function chooseTable({ root, tables }: FolderContent, wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (tables.includes(wanted)) return wanted;
    throw new InputError(
      `There is no table ${wanted} in ${root}.`,
      tables.length > 0 ? `Its tables are: ${tables.join(", ")}.` : "The folder holds no CSV file.",
    );
  }
  const usual = [/^labels\.csv$/i, /^data_entry_2017.*\.csv$/i, /^metadata\.csv$/i];
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
  if (folders.length === 1) return folders;
  const sizes = folders.map(({ name }) => Number(/(\d+)$/.exec(basename(name))?.[1] ?? NaN));
  const stems = new Set(folders.map(({ name }) => name.replace(/\d+$/, "")));
  if (stems.size === 1 && sizes.every((size) => size > 0)) {
    const bySize = folders.map((folder, k) => ({ folder, size: sizes[k]! }));
    bySize.sort((a, b) => a.size - b.size);
    return [(bySize.find(({ size }) => size >= imageSizePx) ?? bySize.at(-1)!).folder];
  }
  throw new InputError(
    `${content.root} holds several folders of images: ${shortList(folders.map(nameOf))}.`,
    'Choose one with images: "..." (--images); films of different sources must not be mixed by accident.',
  );
}

function nameOf({ name }: ImageFolder): string {
  return name === "" ? "." : name;
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
