import type {
  OpenRequest,
  RunDescription,
  TrainingDesk,
  TrainingReply,
  TrainingStatus,
} from "../io/index.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import { runSettings } from "./run-settings.ts";
import {
  trainAutoencoder,
  type TrainingOptions,
  type TrainingProgress,
} from "./train-autoencoder.ts";
import { drawTrainingSample } from "./training-sample.ts";

export interface ConductOptions extends TrainingOptions {
  readonly data: Pick<DatasetSplits, "name" | "origin" | "train" | "validation">;
}

/** What a training tells before its first step. */
export function startingStatus(description: RunDescription, message: string): TrainingStatus {
  const { learningRate } = runSettings(description);
  return {
    ...{ phase: "starting", step: 0, totalSteps: description.totalSteps, losses: {}, loss: null },
    ...{ filmsPerSecond: null, etaSeconds: null, learningRate, message },
  };
}

/**
 * Trains as `trainAutoencoder` does, tells of each step at the desk, and does between two steps what was asked there:
 * pause (with a checkpoint), resume, another learning rate, a sample, stop.
 */
export async function* conductTraining(
  options: ConductOptions,
  desk: TrainingDesk,
): AsyncGenerator<TrainingProgress, void, void> {
  const drawSample = (progress: TrainingProgress) =>
    drawTrainingSample(progress, { films: options.data.validation, runtime: options.runtime });
  for await (const progress of trainAutoencoder(options)) {
    const { step, totalSteps, losses, loss, filmsPerSecond, etaSeconds, learningRate } = progress;
    const isLast = step === totalSteps;
    const phase = desk.signal.aborted ? "stopping" : "running";
    const told = { step, losses, loss, filmsPerSecond, etaSeconds, learningRate };
    desk.tell({ ...told, phase, message: "" });
    yield progress;
    let isPaused = false;
    do {
      if (isPaused) await desk.wait();
      for (const open of desk.take()) {
        const { kind } = open.request;
        if (kind === "stop") return;
        const isDone = await answerRequest(open, step, () => attend(open, progress, drawSample));
        if (kind === "pause" && isDone) isPaused = !isLast;
        if (kind === "resume") isPaused = false;
      }
      desk.tell({ phase: isPaused ? "paused" : "running" });
    } while (isPaused);
  }
}

async function attend(
  { request }: OpenRequest,
  progress: TrainingProgress,
  drawSample: (progress: TrainingProgress) => Promise<string>,
): Promise<{ readonly file?: string }> {
  switch (request.kind) {
    case "pause":
      // The machine may be switched off in the pause.
      await progress.controls.save();
      return {};
    case "setLearningRate":
      await progress.controls.setLearningRate(request.learningRate);
      return {};
    case "sample":
      return { file: await drawSample(progress) };
    default:
      return {};
  }
}

/** Answers what came of a request; a failed one does not end the training. */
export async function answerRequest(
  open: OpenRequest,
  step: number,
  attending: () => Promise<Omit<TrainingReply, "step">>,
): Promise<boolean> {
  try {
    await open.answer({ step, ...(await attending()) });
    return true;
  } catch (error) {
    await open.answer({ step, error: error instanceof Error ? error.message : String(error) });
    return false;
  }
}
