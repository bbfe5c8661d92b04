import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { MED_MNIST_SPLITS, medMnistRows } from "../../data/layouts/index.ts";
import { npzNames, readNpz } from "../../formats/npz.ts";
import type { NumberArray } from "../../formats/array-types.ts";
import { squarePixels, type DecodeOptions } from "../decode-image.ts";
import { chooseBySize } from "../film-files.ts";
import { InputError } from "../input-error.ts";
import { locateFilms } from "../locate-films.ts";
import type { FolderReader } from "./film-listing.ts";

const PARTS = Object.keys(MED_MNIST_SPLITS) as (keyof typeof MED_MNIST_SPLITS)[];

// What Node reads at once, and what one array may hold.
const MAX_BYTES = 2 ** 31 - 1;

/** MedMNIST: all films in one .npz archive, of the size that its name says. */
export const MED_MNIST: FolderReader = {
  name: "medmnist",
  title: "MedMNIST",
  looksLike: "one .npz archive with train_images, train_labels, val_... and test_...",
  async list(content, options) {
    if (content.archives.length === 0 || content.images.length > 0) return undefined;
    const file = chooseArchive(content.archives, options);
    const path = join(content.root, file);
    const bytes = await readArchive(path);
    const names = npzNames(bytes);
    const parts = PARTS.filter(
      (part) => names.includes(`${part}_images`) && names.includes(`${part}_labels`),
    );
    if (parts.length === 0) {
      throw new InputError(
        `${path} is no MedMNIST archive: its arrays are ${names.join(", ")}.`,
        "It needs train_images and train_labels, and the same with val_ and test_.",
      );
    }
    const labels = readNpz(bytes, { only: (name) => name.endsWith("_labels") });
    const rows = parts.flatMap((part) => medMnistRows(file, part, labels[`${part}_labels`]!));
    const notes = [
      `Recognised as MedMNIST by ${file} (${parts.join(", ")}).`,
      "MedMNIST does not tell which films are of one patient.",
    ];
    const { found, problems } = locateFilms(
      rows,
      rows.map(({ image }) => image),
      ({ image }) => image,
      { where: options.where ?? {}, notes },
    );
    // Unpacked when the first film is asked for: with a cache in place, never.
    let images: Promise<Record<string, NumberArray>> | undefined;
    return {
      layout: { name: "medmnist", title: "MedMNIST" },
      found,
      sourceOf: ({ row }) => {
        const part = row.image.slice(file.length + 1);
        const decode = async (decodeOptions: DecodeOptions) =>
          decodePart(await (images ??= readImages(path)), part, decodeOptions);
        return { path, part, decode };
      },
      problems,
      notes,
      hasPatients: false,
    };
  },
};

function chooseArchive(
  archives: readonly string[],
  {
    images,
    imageSizePx,
  }: { readonly images?: string | readonly string[]; readonly imageSizePx: number },
): string {
  if (images !== undefined) {
    const wanted = [images].flat().find((name) => archives.includes(name));
    if (wanted !== undefined) return wanted;
    throw new InputError(
      `There is no archive ${[images].flat().join(", ")}.`,
      `Choose one of ${archives.join(", ")}.`,
    );
  }
  const chosen = chooseBySize(archives, (name) => name.replace(/\.npz$/i, ""), imageSizePx, 28);
  if (chosen !== undefined) return chosen;
  throw new InputError(
    `There are several archives: ${archives.join(", ")}.`,
    'Give one of them as the data, or choose it with images: "..." (--images).',
  );
}

async function readArchive(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    throw new InputError(
      `${path} has ${(size / 1e9).toFixed(1)} GB; archives up to 2 GB can be read.`,
      "Take the set of the next smaller size.",
    );
  }
  return readFile(path);
}

async function readImages(path: string): Promise<Record<string, NumberArray>> {
  return readNpz(await readFile(path), { only: (name) => name.endsWith("_images") });
}

async function decodePart(
  images: Readonly<Record<string, NumberArray>>,
  part: string,
  options: DecodeOptions,
): Promise<Uint8Array> {
  const [split, index] = part.split("/");
  const { data, shape } = images[`${split}_images`]!;
  const [, height = 0, width = 0, channels = 1, ...more] = shape;
  if (!(data instanceof Uint8Array) || more.length > 0 || channels > 4) {
    throw new Error(`shape [${shape.join(", ")}] is not that of 8-bit pictures`);
  }
  const length = height * width * channels;
  const start = Number(index) * length;
  return squarePixels(
    { data: data.subarray(start, start + length), width, height, channels },
    options,
  );
}
