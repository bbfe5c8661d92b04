import {
  balanceAttribute,
  openPhantom,
  ownSplit,
  splitByPatient,
  subsetDataset,
  type FilmDataset,
  type PhantomConfounder,
  type PhantomSplits,
} from "../data/index.ts";
import { foldIn, key } from "../engine/index.ts";
import {
  InputError,
  openingFilmFolder,
  resolvePath,
  userCacheDir,
  type FilmFolderOptions,
  type FilmProblem,
  type RunFolder,
} from "../io/index.ts";

/** Which table, images and columns of a folder are meant, where that is not plain. */
export type FolderChoice = Omit<FilmFolderOptions, "cacheDir" | "imageSizePx">;

/** How films were asked for: all it takes to open them again, split as they were. */
export interface DatasetOrigin {
  /** "phantom", or the full path of a folder or an archive. */
  readonly source: string;
  readonly imageSizePx: number;
  /** Draws the phantom, or splits a folder's patients. */
  readonly seed: number;
  readonly folder?: FolderChoice;
  /** Ties an attribute to a pathology in the phantom's training films. */
  readonly confounder?: PhantomConfounder;
  /** The attribute that training films are balanced in, by findings; see `balanceAttribute`. */
  readonly adjustFor?: string;
}

/** Training, validation and test films that share no patient. */
export interface DatasetSplits {
  /** Short name, for titles and folders. */
  readonly name: string;
  readonly origin: DatasetOrigin;
  readonly train: FilmDataset;
  readonly validation: FilmDataset;
  readonly test: FilmDataset;
  /** Set when the films are the phantom's: exact counterfactuals, masks and reports. */
  readonly phantom?: PhantomSplits;
  /** What a user should know of a folder: films left out, patients unknown, one sentence each. */
  readonly notes: readonly string[];
  /** Films of a folder that are missing or broken, by name. */
  readonly problems: readonly FilmProblem[];
}

export interface OpenDatasetOptions {
  readonly imageSizePx: number;
  /** Draws the phantom, or splits a folder's patients; 0 when omitted. */
  readonly seed?: number;
  /** For folders whose table, images or columns have unusual names. */
  readonly folder?: FolderChoice;
  /** Ties an attribute to a pathology in the phantom's training films. */
  readonly confounder?: PhantomConfounder;
  /** Balances the training films in an attribute, by findings; see `balanceAttribute`. */
  readonly adjustFor?: string;
  /** Where resized films of a folder are kept; the user's cache folder when omitted. */
  readonly cacheDir?: string;
  /** Told while a folder's films are decoded for the first time. */
  readonly onDecoded?: (done: number, total: number) => void;
  /** Stops decoding; what is decoded so far is kept for the next time. */
  readonly signal?: { throwIfAborted(): void };
}

const MAX_PHANTOM_SIZE_PX = 1024;

/**
 * Opens the films that a user names: "phantom", a folder of any known layout, or a MedMNIST archive. They are split as the
 * data set itself says (`ownSplit`), else by patient, 70 : 10 : 20.
 *
 * @throws InputError when they cannot be used as asked, in one line with the fix.
 *
 * @example
 * ```ts
 * import { openDataset } from "counterlab";
 *
 * const data = await openDataset("phantom", { imageSizePx: 32 });
 * const [image] = [await data.test.readImages([0])];
 * console.log(data.name, data.train.films.length, image.length); // phantom 4129 1024
 * ```
 */
export async function openDataset(
  source: string,
  options: OpenDatasetOptions,
): Promise<DatasetSplits> {
  const { imageSizePx, seed = 0 } = options;
  if (!(Number.isInteger(imageSizePx) && imageSizePx >= 16 && imageSizePx % 8 === 0)) {
    throw new InputError(
      `Films of ${imageSizePx} px cannot be halved three times.`,
      "Choose a size from 16 that is a multiple of 8.",
    );
  }
  const { confounder, adjustFor } = options;
  if (confounder !== undefined && source !== "phantom") {
    throw new InputError(
      `The films in ${source} are as they are: only the phantom can be confounded.`,
      "Leave the confounder out, or train on the phantom.",
    );
  }
  const splits =
    source === "phantom"
      ? openPhantomSplits(imageSizePx, seed, confounder)
      : await openFolderSplits(resolvePath(source), options);
  if (adjustFor === undefined) return splits;
  const { dataset: train, untouched } = balanceAttribute(splits.train, adjustFor);
  const notes = untouched.map(
    (finding) =>
      `Films of ${finding} do not have every value of ${adjustFor}: they are left as they are, and ${adjustFor} still tells of them.`,
  );
  const origin = { ...splits.origin, adjustFor };
  return { ...splits, origin, train, notes: [...splits.notes, ...notes] };
}

function openPhantomSplits(
  imageSizePx: number,
  seed: number,
  confounder: PhantomConfounder | undefined,
): DatasetSplits {
  if (imageSizePx > MAX_PHANTOM_SIZE_PX) {
    throw new InputError(
      `The phantom cannot be drawn at ${imageSizePx} px.`,
      `Choose a size up to ${MAX_PHANTOM_SIZE_PX}.`,
    );
  }
  const tied = confounder === undefined ? {} : { confounder };
  const phantom = openPhantom({ seed, imageSizePx, ...tied });
  const { train, validation, test } = phantom;
  const origin = { source: "phantom", imageSizePx, seed, ...tied };
  return { name: "phantom", origin, train, validation, test, phantom, notes: [], problems: [] };
}

async function openFolderSplits(
  source: string,
  {
    imageSizePx,
    seed = 0,
    folder = {},
    cacheDir = userCacheDir(),
    onDecoded,
    signal,
  }: OpenDatasetOptions,
): Promise<DatasetSplits> {
  for await (const progress of openingFilmFolder(source, { ...folder, imageSizePx, cacheDir })) {
    signal?.throwIfAborted();
    if (progress.stage === "decoding") {
      onDecoded?.(progress.done, progress.total);
      continue;
    }
    const { dataset } = progress;
    const stream = foldIn(key(seed), "split");
    const own = ownSplit(stream, dataset.films);
    const parts =
      own.split ??
      splitByPatient(stream, dataset.films, { train: 0.7, validation: 0.1, test: 0.2 });
    const train = subsetDataset(dataset, parts.train);
    if (!train.films.some(({ labels }) => labels.length > 0) || parts.test.length === 0) {
      throw new InputError(
        `${source} has too few patients with labelled films to train and to test on (${dataset.films.length} films).`,
        "Give a folder with more patients, or a table with labels.",
      );
    }
    return {
      name: dataset.name,
      origin: { source, imageSizePx, seed, folder },
      train,
      validation: subsetDataset(dataset, parts.validation),
      test: subsetDataset(dataset, parts.test),
      notes: [...dataset.notes, ...(own.note === undefined ? [] : [own.note])],
      problems: dataset.problems,
    };
  }
  throw new Error(`${source} opened without giving a dataset.`);
}

/**
 * Opens the films that a run was trained on, split as they were then.
 *
 * @throws InputError when they are no longer there, or no longer the same.
 */
export async function openRunDataset(
  { path, description }: RunFolder,
  options: Pick<OpenDatasetOptions, "cacheDir" | "onDecoded" | "signal"> = {},
): Promise<DatasetSplits> {
  const { fingerprint, origin } = description.data;
  const { source, ...rest } = origin as unknown as DatasetOrigin;
  const splits = await openDataset(source, { ...rest, ...options });
  if (splits.train.fingerprint !== fingerprint) {
    throw new InputError(
      `The films in ${source} are not those that ${path} was trained on: held-out patients could be mixed up with training ones.`,
      "Bring the folder back to what it was, or train again.",
    );
  }
  return splits;
}
