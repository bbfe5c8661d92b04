import type { Condition } from "../conditioning/index.ts";
import type { Runtime } from "../engine/index.ts";
import {
  describeDiffusionProgress,
  diffusionFolder,
  openAutoencoder,
  trainDiffusion,
  type DatasetSplits,
  type DiffusionTrainingOptions,
  type FilmCodes,
} from "../pipelines/index.ts";
import type { CommandIo } from "./usage.ts";

const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 250;

/** Steps of each model when nothing else is asked: minutes on two cores. */
const MOST_STEPS = { pathology: 4000, identity: 2000 } as const;

/** Steps of each diffusion model after so many steps of the autoencoder. */
export function diffusionSteps(autoencoderSteps: number): Record<"pathology" | "identity", number> {
  return {
    pathology: Math.min(autoencoderSteps, MOST_STEPS.pathology),
    identity: Math.min(autoencoderSteps, MOST_STEPS.identity),
  };
}

export interface StageOptions {
  readonly out: string;
  readonly data: DatasetSplits;
  readonly runtime: Runtime;
  readonly seed: number;
  readonly steps: Readonly<Record<"pathology" | "identity", number>>;
  /** What reports tell of each training film. */
  readonly conditions?: readonly Condition[];
  readonly sentences?: DiffusionTrainingOptions["sentences"];
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

/**
 * The second stage of `counterlab train`: diffusion models over the pathology code and the identity code, into the autoencoder's run folder.
 *
 * @returns False when interrupted; the same command continues.
 */
export async function trainDiffusionStage({
  out,
  data,
  runtime,
  seed,
  steps,
  conditions,
  sentences,
  io,
  signal,
}: StageOptions): Promise<boolean> {
  const model = await openAutoencoder(out, runtime);
  let encoded: Promise<FilmCodes> | undefined;
  const encode = async () => {
    io.out.write(`Encoding ${data.train.films.length} films for the diffusion models\n`);
    return model.encode(await data.train.readImages([...data.train.films.keys()]));
  };
  const isLive = io.out.isTTY === true;
  const everyMs = isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  for (const stream of ["pathology", "identity"] as const) {
    let shownMs = -Infinity;
    for await (const progress of trainDiffusion({
      stream,
      model,
      data,
      codes: () => (encoded ??= encode()),
      runtime,
      out: diffusionFolder(out, stream),
      seed,
      totalSteps: steps[stream],
      ...(sentences === undefined ? {} : { sentences }),
      ...(conditions === undefined ? {} : { conditions, choices: { conditionsFrom: "reports" } }),
    })) {
      const isLast = progress.step === progress.totalSteps;
      if (isLast || performance.now() - shownMs >= everyMs) {
        shownMs = performance.now();
        const line = describeDiffusionProgress(progress);
        io.out.write(isLive ? `\r\x1b[K${line}${isLast ? "\n" : ""}` : `${line}\n`);
      }
      if (signal.aborted) break;
    }
    if (signal.aborted) return false;
  }
  await model.dispose();
  return true;
}
