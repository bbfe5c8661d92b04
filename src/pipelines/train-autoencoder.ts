import { LOSS_NAMES, type LossName } from "../autoencoder/index.ts";
import type { PairDescription } from "../data/index.ts";
import { foldIn, key, type Runtime } from "../engine/index.ts";
import {
  InputError,
  monotonicMs,
  runHolder,
  type Checkpoint,
  type RunFolder,
} from "../io/index.ts";
import { emaDecayAt, learningRateAt, ParameterStore } from "../nn/index.ts";
import { captureState, restoreState } from "./checkpoint.ts";
import { createGroupBatches } from "./group-batches.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import { runSettings } from "./run-settings.ts";
import { describeRun, openOrCreateRun, type RunChoices } from "./training-run.ts";
import { compileTrainingStep, type TrainingProgram } from "./training-step.ts";

export interface TrainingOptions extends RunChoices {
  /** The films, as `openDataset` gives them; the training part is learnt from. */
  readonly data: Pick<DatasetSplits, "name" | "origin" | "train">;
  readonly runtime: Runtime;
  /** Run folder: created, or continued if it holds the same run unfinished. */
  readonly out: string;
  /** Steps between checkpoints; 200 when omitted. One more is written when training is left early. */
  readonly checkpointEverySteps?: number;
  /** Milliseconds that only ever grow, for speeds and ETA. */
  readonly now?: () => number;
}

/** What a run tells after each step. */
export interface TrainingProgress {
  /** Steps done, from 1. */
  readonly step: number;
  readonly totalSteps: number;
  /** Each weighted loss of this step; training minimises their sum. */
  readonly losses: Readonly<Record<LossName, number>>;
  readonly loss: number;
  readonly filmsPerSecond: number;
  readonly etaSeconds: number;
  /** The schedule's peak in this step. */
  readonly learningRate: number;
  readonly run: RunFolder;
  /** How much group supervision the films can give. */
  readonly pairs: PairDescription;
  /** Losses of the steps before this call, when a run is continued or already done. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** What may be done between this step and the next. */
  readonly controls: TrainingControls;
}

/** Hands on a run between two of its steps; of no use once the loop goes on. */
export interface TrainingControls {
  /** The state after this step. */
  checkpoint(): Promise<Checkpoint>;
  /** Writes that state into the run folder, unless it is there. */
  save(): Promise<void>;
  /** Sets the schedule's peak from the next step on; the run remembers it. */
  setLearningRate(learningRate: number): Promise<void>;
}

/**
 * Trains the disentangling autoencoder, yielding after each step; leaving the loop stops it and keeps what
 * is learnt. Calling again with the same `out` continues to the same losses as if it had not stopped; a run
 * that is done yields its last step once more.
 *
 * @throws InputError when `out` holds something else; DivergenceError when the losses explode.
 */
export async function* trainAutoencoder(
  options: TrainingOptions,
): AsyncGenerator<TrainingProgress, void, void> {
  const { data, runtime, checkpointEverySteps = 200, now = monotonicMs } = options;
  const description = describeRun(data, options);
  const { settings, weights, crossedShare, groups, ...planned } = runSettings(description);
  const { seed, totalSteps, vocabulary } = description;
  const batches = createGroupBatches(data.train, vocabulary, { groups, settings });
  const run = await openOrCreateRun(options.out, description);
  await requireFree(run.path);
  const latest = await run.latestCheckpoint();
  const firstStep = latest?.step ?? 0;
  await run.rewindMetrics(firstStep);
  const history = await run.readMetrics();
  const rates = await run.readLearningRates();
  const rateAt = (step: number) =>
    rates.findLast((change) => change.step <= step)?.learningRate ?? planned.learningRate;
  let startedMs = now();
  // Whoever holds a step, to draw it or in a pause, does not make training slower.
  let heldMs = 0;
  const progressAt = (
    step: number,
    losses: Readonly<Record<LossName, number>>,
    controls: TrainingControls,
  ) => {
    const stepsPerSecond = ((step - firstStep) * 1000) / (now() - startedMs - heldMs);
    return {
      step,
      totalSteps,
      losses,
      loss: sum(losses),
      filmsPerSecond: stepsPerSecond * groups * 3,
      etaSeconds: step === totalSteps ? 0 : (totalSteps - step) / stepsPerSecond,
      learningRate: rateAt(step - 1),
      run,
      pairs: batches.pairs,
      history,
      controls,
    };
  };
  if (firstStep >= totalSteps) {
    const last = history.at(-1) ?? {};
    const losses = LOSS_NAMES.map((name) => [name, last[name] ?? NaN]);
    yield progressAt(totalSteps, Object.fromEntries(losses) as Record<LossName, number>, {
      checkpoint: () => Promise.resolve(latest!),
      save: () => Promise.resolve(),
      setLearningRate: () => Promise.reject(new InputError("The run is done.", "Start a new one.")),
    });
    return;
  }

  const root = foldIn(key(seed), "autoencoder");
  const parameters = new ParameterStore(foldIn(root, "parameters"));
  const averages = new ParameterStore(root);
  const program = await compileTrainingStep(runtime, {
    parameters,
    averages,
    settings,
    weights,
    crossedShare,
    groups,
  });
  let step = firstStep;
  let savedStep = firstStep;
  const checkpoint = async () => ({ step, tensors: await captureState(runtime, program.state) });
  const save = async () => {
    if (step === savedStep) return;
    await run.saveCheckpoint(await checkpoint());
    savedStep = step;
  };
  const controls: TrainingControls = {
    checkpoint,
    save,
    setLearningRate: async (learningRate) => {
      requireRate(learningRate);
      const change = { step, learningRate };
      await run.appendLearningRate(change);
      rates.push(change);
    },
  };
  try {
    if (latest !== undefined) await restoreState(runtime, program.state, latest.tensors);
    const draw = (at: number) => {
      const batch = batches.draw(foldIn(foldIn(root, "batch"), at));
      // Left behind when the loop ends early; whoever awaits it still sees its error.
      batch.catch(() => undefined);
      return batch;
    };
    let next = draw(step);
    startedMs = now();
    while (step < totalSteps) {
      const batch = await next;
      const running = program.run(batch, {
        learningRate: learningRateAt(step, totalSteps, { peak: rateAt(step) }),
        emaDecay: emaDecayAt(step),
      });
      // Films for the next step are read while this one computes.
      if (step + 1 < totalSteps) next = draw(step + 1);
      const losses = await running;
      const loss = sum(losses);
      if (!Number.isFinite(loss)) {
        savedStep = step; // what is in memory now must not be kept
        throw new DivergenceError(step + 1);
      }
      step++;
      await run.appendMetrics({ step, loss, ...losses });
      if (step % checkpointEverySteps === 0 || step === totalSteps) await save();
      const yieldedMs = now();
      yield progressAt(step, losses, controls);
      heldMs += now() - yieldedMs;
    }
  } finally {
    try {
      await save();
    } finally {
      await disposeAll(program, parameters, averages);
    }
  }
}

/** Two processes that train the same run would write over each other. */
async function requireFree(folder: string): Promise<void> {
  const holder = await runHolder(folder);
  if (holder === undefined) return;
  throw new InputError(
    `${folder} is being trained by process ${holder}.`,
    "Watch and steer it with attachTraining(folder) or `counterlab train --attach`, or give a new folder.",
  );
}

/** @throws InputError unless it is a learning rate. */
export function requireRate(learningRate: unknown): asserts learningRate is number {
  if (typeof learningRate === "number" && learningRate > 0 && learningRate < Infinity) return;
  throw new InputError(
    `${String(learningRate)} is no learning rate.`,
    "Give a number above 0; 0.002 is the usual one.",
  );
}

function sum(losses: Readonly<Record<string, number>>): number {
  return Object.values(losses).reduce((total, loss) => total + loss, 0);
}

/** The losses became infinite or not a number. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  constructor(step: number) {
    super(
      `Training diverged at step ${step}: the loss is not finite. Start a new run with a lower --learning-rate.`,
    );
  }
}

async function disposeAll(
  program: TrainingProgram,
  ...stores: readonly ParameterStore[]
): Promise<void> {
  await program.dispose();
  program.state.optimizer.step.dispose();
  for (const { mean, square } of program.state.optimizer.slots.values()) {
    mean.dispose();
    square.dispose();
  }
  for (const store of stores) store.dispose();
}
