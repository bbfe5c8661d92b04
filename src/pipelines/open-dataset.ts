import {
  openPhantom,
  splitByPatient,
  subsetDataset,
  type FilmDataset,
  type PhantomSplits,
} from "../data/index.ts";
import { foldIn, key } from "../engine/index.ts";
import {
  InputError,
  openingFilmFolder,
  userCacheDir,
  type FilmProblem,
  type RunFolder,
} from "../io/index.ts";
import { runSettings } from "./run-settings.ts";

/** Training, validation and test films that share no patient. */
export interface DatasetSplits {
  /** Short name, for titles and folders. */
  readonly name: string;
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
  /** Where resized films of a folder are kept; the user's cache folder when omitted. */
  readonly cacheDir?: string;
  /** Told while a folder's films are decoded for the first time. */
  readonly onDecoded?: (done: number, total: number) => void;
}

/**
 * Opens the films that a user names: "phantom", or a folder, whose patients are split 70 : 10 : 20.
 *
 * @throws InputError when the folder cannot be used, in one line with the fix.
 */
export async function openDataset(
  source: string,
  { imageSizePx, seed = 0, cacheDir = userCacheDir(), onDecoded }: OpenDatasetOptions,
): Promise<DatasetSplits> {
  if (imageSizePx % 8 !== 0) {
    throw new InputError(
      `Films of ${imageSizePx} px cannot be halved three times.`,
      "Choose a size that is a multiple of 8.",
    );
  }
  if (source === "phantom") {
    const phantom = openPhantom({ seed, imageSizePx });
    const { train, validation, test } = phantom;
    return { name: "phantom", train, validation, test, phantom, notes: [], problems: [] };
  }
  for await (const progress of openingFilmFolder(source, { imageSizePx, cacheDir })) {
    if (progress.stage === "decoding") {
      onDecoded?.(progress.done, progress.total);
      continue;
    }
    const { dataset } = progress;
    const parts = splitByPatient(foldIn(key(seed), "split"), dataset.films, {
      train: 0.7,
      validation: 0.1,
      test: 0.2,
    });
    return {
      name: dataset.name,
      train: subsetDataset(dataset, parts.train),
      validation: subsetDataset(dataset, parts.validation),
      test: subsetDataset(dataset, parts.test),
      notes: dataset.notes,
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
  options: Pick<OpenDatasetOptions, "cacheDir" | "onDecoded"> = {},
): Promise<DatasetSplits> {
  const { settings } = runSettings(description);
  const splits = await openDataset(description.data.source, {
    ...options,
    imageSizePx: settings.imageSizePx,
    seed: description.seed,
  });
  if (splits.train.fingerprint !== description.data.fingerprint) {
    throw new InputError(
      `The films in ${description.data.source} are not those that ${path} was trained on: held-out patients could be mixed up with training ones.`,
      "Bring the folder back to what it was, or train again.",
    );
  }
  return splits;
}
