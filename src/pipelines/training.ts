import type { TrainingStatus } from "../io/index.ts";
import type { Displayable } from "./display-method.ts";
import type { CurveStep } from "./training-curve.ts";

/** A step of a training in a process of its own. */
export interface TrainingStep extends CurveStep {
  readonly learningRate: number;
}

/** What a model in training makes of films it does not learn from; a notebook shows it as a picture. */
export interface TrainingSample extends Displayable {
  readonly step: number;
  /** PNG file. */
  readonly png: Uint8Array;
}

/**
 * A training in a process of its own, as seen from here: from the cell that started it, another notebook, a widget.
 * As the result of a cell it shows its progress and keeps it up to date. Iterating gives the steps from now on;
 * leaving the loop, or interrupting the cell that waits, does not end the training.
 */
export interface Training extends Displayable, AsyncIterable<TrainingStep> {
  /** The run folder. */
  readonly out: string;
  /** What is known now, a fraction of a second old. */
  readonly status: TrainingStatus;
  /** Losses of all steps so far: the lines of `metrics.jsonl`. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** Resolves when the training is finished or stopped; rejects with a TrainingError saying why it broke down. */
  readonly finished: Promise<TrainingStatus>;
  /** Resolves when a checkpoint is written and the training rests. */
  pause(): Promise<void>;
  /** Goes on after a pause; starts the training again from its last checkpoint when it was stopped or broke down. */
  resume(): Promise<void>;
  /**
   * Resolves when the training has written a checkpoint and ended.
   *
   * @param options `force`: ends a process that does not answer, without a checkpoint.
   */
  stop(options?: { readonly force?: boolean }): Promise<void>;
  /** Sets the schedule's peak from the next step on; a continued run follows it too. */
  setLearningRate(learningRate: number): Promise<void>;
  /** Draws a sample of the model as it is; also kept in the run's `samples` folder. */
  sample(): Promise<TrainingSample>;
  /** Calls back after each change of `status` or `history`; the returned function ends it. */
  onChange(listener: () => void): () => void;
  /** Ends watching, not the training. */
  close(): void;
}
