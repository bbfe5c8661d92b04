import {
  DEFAULT_LOSS_WEIGHTS,
  defaultAutoencoderSettings,
  type AutoencoderSettings,
  type LossWeights,
} from "../autoencoder/index.ts";
import { tokenVocabulary } from "../data/index.ts";
import {
  createRunFolder,
  InputError,
  isRunFolder,
  openRunFolder,
  packageVersions,
  RUN_VERSION,
  type RunDescription,
  type RunFolder,
} from "../io/index.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import { PRESETS } from "./presets.ts";
import { AUTOENCODER_KIND, runSettings, type RunSettings } from "./run-settings.ts";

/** What makes a run this run: a folder continues only with the same. */
export interface RunChoices {
  readonly seed?: number;
  /** That of `PRESETS.full` when omitted. */
  readonly totalSteps?: number;
  /** Groups of three films in a step; that of `PRESETS.full` when omitted. */
  readonly groups?: number;
  /** Highest learning rate; 0.002 when omitted. */
  readonly learningRate?: number;
  /** What differs from `defaultAutoencoderSettings`, as in `{ evensExposure: false }`. */
  readonly settings?: Partial<AutoencoderSettings>;
  readonly weights?: LossWeights;
  /** See `SupervisionOptions`; 0.5 for the phantom and 1 for a folder when omitted. */
  readonly crossedShare?: number;
}

/** Writes down a run of the training films of `data`. */
export function describeRun(
  { name, origin, train }: Pick<DatasetSplits, "name" | "origin" | "train">,
  {
    seed = 0,
    totalSteps = PRESETS.full.totalSteps,
    groups = PRESETS.full.groups,
    learningRate = 0.002,
    weights = DEFAULT_LOSS_WEIGHTS,
    crossedShare = origin.source === "phantom" ? 0.5 : 1,
    settings,
  }: RunChoices,
): RunDescription {
  const vocabulary = tokenVocabulary(train.films);
  const chosen: RunSettings = {
    settings: {
      ...defaultAutoencoderSettings(train.imageSizePx, vocabulary.length),
      ...settings,
    },
    weights,
    crossedShare,
    groups,
    learningRate,
  };
  return {
    format: "counterlab-run",
    version: RUN_VERSION,
    kind: AUTOENCODER_KIND,
    seed,
    totalSteps,
    settings: { ...chosen },
    vocabulary,
    data: { name, fingerprint: train.fingerprint, origin: { ...origin } },
    versions: packageVersions(),
  };
}

/** The choices that describe an autoencoder's run again: `describeRun` with them and its films gives it back. */
export function choicesOf(description: RunDescription): Required<RunChoices> {
  const { seed, totalSteps } = description;
  return { seed, totalSteps, ...runSettings(description) };
}

/**
 * Creates the run folder, or opens it if it holds this very run.
 *
 * @throws InputError naming what differs if it holds another.
 */
export async function openOrCreateRun(
  folder: string,
  description: RunDescription,
): Promise<RunFolder> {
  if (!(await isRunFolder(folder))) return createRunFolder(folder, description);
  const run = await openRunFolder(folder);
  const essence = ({ seed, totalSteps, settings, vocabulary, data }: RunDescription) =>
    ({ seed, totalSteps, films: data.fingerprint, vocabulary, ...settings }) as Record<
      string,
      unknown
    >;
  const was = essence(run.description);
  const wanted = essence(description);
  const changed = [...new Set([...Object.keys(wanted), ...Object.keys(was)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(wanted[name]),
  );
  if (changed.length > 0) {
    throw new InputError(
      `${folder} holds another run: its ${changed.join(", ")} differ from what is asked.`,
      "Give a new folder with --out, or the settings of that run to continue it.",
    );
  }
  return run;
}
