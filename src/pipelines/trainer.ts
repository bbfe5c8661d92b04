import {
  InputError,
  resolvePath,
  spawnTraining,
  type DiffusionOrder,
  type TrainingOrder,
} from "../io/index.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import type { Training } from "./training.ts";
import { watchTraining } from "./watch-training.ts";
import { describeRun, openOrCreateRun, type RunChoices } from "./training-run.ts";

export interface TrainerOptions extends RunChoices {
  /** The films, as `openDataset` gives them; the training process opens them again. */
  readonly data: Pick<DatasetSplits, "name" | "origin" | "train">;
  /** Run folder: created, or continued if it holds the same run unfinished. */
  readonly out: string;
  /** "auto" when omitted. */
  readonly device?: TrainingOrder["device"];
  /** Threads to compute with; one per physical core when omitted. A run gives equal numbers on equally many. */
  readonly numThreads?: number;
  /** Steps between checkpoints; 200 when omitted. One more is written in a pause and when training is stopped. */
  readonly checkpointEverySteps?: number;
  /**
   * Whether the training stops, with a checkpoint, when this process ends (a kernel that is shut down or restarted).
   * It goes on without it when omitted: `attachTraining` finds it again.
   */
  readonly endsWithKernel?: boolean;
  /**
   * How far training steps back for cells, sliders and everything else on this machine: 0 (on equal terms) to 19
   * (only what nobody else wants); 5 when omitted.
   */
  readonly niceness?: number;
  /**
   * Steps of the diffusion models over pathology and identity code, trained after the autoencoder in the same process, for
   * `counterlab generate`; with `sentences`, "energetic" or the path of an ONNX text encoder. None when omitted.
   */
  readonly diffusion?: DiffusionOrder["steps"] & Pick<DiffusionOrder, "sentences">;
  /** Where resized films of a folder are kept; the user's cache folder when omitted. */
  readonly cacheDir?: string;
}

/** Trains in a process of its own. */
export interface Trainer {
  /**
   * Starts training, or continues it from the last checkpoint, and returns at once; a training of this run that
   * is under way already is only watched. What is wrong with the run folder shows in `finished` and on the page.
   */
  start(): Training;
}

/**
 * Prepares training the disentangling autoencoder, and if asked the diffusion models over its codes, in a process of its own,
 * so that cells, widgets and completion stay live. The numbers are those of `trainAutoencoder`, `trainDiffusion` and
 * `counterlab train`.
 *
 * @throws InputError for options that cannot be.
 */
export function createTrainer({
  data,
  out,
  device = "auto",
  numThreads,
  checkpointEverySteps = 200,
  endsWithKernel = false,
  niceness = 5,
  cacheDir,
  diffusion,
  ...choices
}: TrainerOptions): Trainer {
  const counts = {
    ...{ numThreads, checkpointEverySteps },
    ...{ "diffusion.pathology": diffusion?.pathology, "diffusion.identity": diffusion?.identity },
  };
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`${name} is ${value}.`, "Give a whole number from 1 up.");
    }
  }
  if (!(Number.isInteger(niceness) && niceness >= 0 && niceness <= 19)) {
    throw new InputError(`niceness is ${niceness}.`, "Give a whole number from 0 to 19.");
  }
  const description = describeRun(data, choices);
  const order = { device, numThreads, checkpointEverySteps, endsWithKernel, niceness, cacheDir };
  const second = diffusion && {
    steps: { pathology: diffusion.pathology, identity: diffusion.identity },
    sentences: diffusion.sentences?.endsWith(".onnx")
      ? resolvePath(diffusion.sentences)
      : diffusion.sentences,
  };
  return {
    start: () =>
      watchTraining(out, async () => {
        await openOrCreateRun(out, description);
        return spawnTraining(resolvePath(out), { ...order, diffusion: second });
      }),
  };
}

/**
 * Watches and steers the training of a run from anywhere: another cell, another notebook, after a restart of the
 * kernel. One that is not under way can be continued with `resume()`.
 *
 * @throws InputError in `finished` when the folder holds no run.
 */
export function attachTraining(folder: string): Training {
  return watchTraining(folder);
}
