import type { Runtime } from "../engine/index.ts";
import { openSentenceEncoder, type DiffusionOrder, type TrainingDesk } from "../io/index.ts";
import { openAutoencoder, type AutoencoderModel, type FilmCodes } from "./autoencoder-model.ts";
import { answerRequest } from "./conduct-training.ts";
import { describeDiffusionProgress } from "./describe-diffusion.ts";
import { diffusionFolder } from "./diffusion-runs.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import { trainDiffusion, type DiffusionTrainingOptions } from "./train-diffusion.ts";

export interface ConductDiffusionOptions extends DiffusionOrder {
  readonly data: Pick<DatasetSplits, "name" | "origin" | "train">;
  readonly runtime: Runtime;
  /** The autoencoder's run folder. */
  readonly out: string;
  readonly seed: number;
}

/**
 * Trains the diffusion models of a run whose autoencoder is trained, tells of each step at the desk in words (the steps that the
 * desk counts stay the autoencoder's), and pauses, resumes and stops as is asked there.
 *
 * @returns False when it was asked to stop; called again it goes on.
 */
export async function conductDiffusion(
  { data, runtime, out, seed, steps, sentences: source }: ConductDiffusionOptions,
  desk: TrainingDesk,
): Promise<boolean> {
  const model = await openAutoencoder(out, runtime);
  const sentences =
    source === undefined ? undefined : { source, encoder: await openSentenceEncoder(source) };
  const codes = onceEncoded(model, data, desk);
  try {
    for (const stream of ["pathology", "identity"] as const) {
      const options = {
        ...{ stream, model, data, codes, runtime, seed },
        out: diffusionFolder(out, stream),
        totalSteps: steps[stream],
        ...(sentences === undefined ? {} : { sentences }),
      };
      // A pause leaves the training, which keeps a checkpoint, and afterwards goes on from there.
      while (!(await trainUntilPause(options, desk))) {
        if (desk.signal.aborted) return false;
        desk.tell({ phase: "paused" });
        if (!(await resumed(desk))) return false;
      }
    }
    return true;
  } finally {
    await sentences?.encoder.dispose();
    await model.dispose();
  }
}

/** Both models learn from the same codes. */
function onceEncoded(
  model: AutoencoderModel,
  { train }: ConductDiffusionOptions["data"],
  desk: TrainingDesk,
): () => Promise<FilmCodes> {
  let encoded: Promise<FilmCodes> | undefined;
  const encode = async () => {
    const films = [...train.films.keys()];
    desk.tell({ phase: "running", message: `encoding ${films.length} films` });
    return model.encode(await train.readImages(films));
  };
  return () => (encoded ??= encode());
}

/** @returns Whether the model is trained; otherwise a pause or a stop was asked for. */
async function trainUntilPause(
  options: DiffusionTrainingOptions,
  desk: TrainingDesk,
): Promise<boolean> {
  for await (const progress of trainDiffusion(options)) {
    const message = describeDiffusionProgress(progress);
    desk.tell({ phase: desk.signal.aborted ? "stopping" : "running", message });
    const isPause = await attend(desk);
    if (progress.step === progress.totalSteps) return true;
    if (isPause || desk.signal.aborted) return false;
  }
  return true;
}

/** Resolves when somebody asks to go on; false when to stop. */
async function resumed(desk: TrainingDesk): Promise<boolean> {
  for (;;) {
    await desk.wait();
    for (const open of desk.take()) {
      if (open.request.kind === "stop") return false;
      await answer(open, desk);
      if (open.request.kind === "resume") return true;
    }
  }
}

async function attend(desk: TrainingDesk): Promise<boolean> {
  let isPause = false;
  for (const open of desk.take()) {
    await answer(open, desk);
    if (open.request.kind === "pause") isPause = true;
    if (open.request.kind === "resume") isPause = false;
  }
  return isPause;
}

function answer(
  open: Parameters<typeof answerRequest>[0],
  { status }: TrainingDesk,
): Promise<boolean> {
  return answerRequest(open, status.step, () => {
    const { kind } = open.request;
    if (kind !== "sample" && kind !== "setLearningRate") return Promise.resolve({});
    return Promise.reject(
      new Error("The autoencoder is trained; the diffusion models know only pause and stop."),
    );
  });
}
