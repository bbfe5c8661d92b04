import {
  DEFAULT_LOSS_WEIGHTS,
  defaultAutoencoderSettings,
  type AutoencoderSettings,
  type LossName,
  type LossWeights,
} from "../autoencoder/index.ts";
import { tokenVocabulary, type FilmDataset, type PairDescription } from "../data/index.ts";
import { foldIn, key, type Runtime } from "../engine/index.ts";
import {
  createRunFolder,
  InputError,
  isRunFolder,
  monotonicMs,
  openRunFolder,
  packageVersions,
  RUN_VERSION,
  type RunDescription,
  type RunFolder,
} from "../io/index.ts";
import { emaDecayAt, learningRateAt, ParameterStore } from "../nn/index.ts";
import { runSettings, type RunSettings } from "./run-settings.ts";
import { captureState, restoreState } from "./checkpoint.ts";
import { createGroupBatches } from "./group-batches.ts";
import { compileTrainingStep, type TrainingProgram } from "./training-step.ts";

/** What a training run can be told; the rest is fixed so that runs compare. */
export interface TrainingOptions {
  /** Films to learn from. */
  readonly dataset: FilmDataset;
  /** How the dataset was asked for ("phantom" or a folder): opens it again from the run. */
  readonly source: string;
  readonly runtime: Runtime;
  /** Run folder: created, or continued if it holds the same run unfinished. */
  readonly out: string;
  readonly seed?: number;
  /** 4,000 when omitted. */
  readonly totalSteps?: number;
  /** Groups of three films in a step; 8 when omitted. */
  readonly groups?: number;
  /** Highest learning rate; 0.002 when omitted. */
  readonly learningRate?: number;
  readonly settings?: AutoencoderSettings;
  readonly weights?: LossWeights;
  /** Steps between checkpoints; 200 when omitted. */
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
  readonly run: RunFolder;
  readonly pairs: PairDescription;
}

/**
 * Trains the disentangling autoencoder, yielding after each step; leaving the loop stops it, and calling
 * again with the same `out` continues from the last checkpoint to the same losses as if it had not stopped.
 *
 * @throws InputError when `out` holds something else.
 */
export async function* trainAutoencoder(
  options: TrainingOptions,
): AsyncGenerator<TrainingProgress, void, void> {
  const { dataset, runtime, checkpointEverySteps = 200, now = monotonicMs } = options;
  const description = describeRun(options);
  const run = await openOrCreate(options.out, description);
  const { settings, weights, groups, learningRate } = runSettings(description);
  const { seed, totalSteps, vocabulary } = description;
  const batches = createGroupBatches(dataset, vocabulary, { groups, settings });
  const root = foldIn(key(seed), "autoencoder");
  const latest = await run.latestCheckpoint();
  let step = latest?.step ?? 0;
  await run.rewindMetrics(step);
  if (step >= totalSteps) return;

  const parameters = new ParameterStore(foldIn(root, "parameters"));
  const averages = new ParameterStore(root);
  const program = await compileTrainingStep(runtime, {
    parameters,
    averages,
    settings,
    weights,
    groups,
  });
  try {
    if (latest !== undefined) await restoreState(runtime, program.state, latest.tensors);
    const draw = (at: number) => batches.draw(foldIn(foldIn(root, "batch"), at));
    let next = draw(step);
    const startedMs = now();
    const firstStep = step;
    while (step < totalSteps) {
      const batch = await next;
      const running = program.run(batch, {
        learningRate: learningRateAt(step, totalSteps, { peak: learningRate }),
        emaDecay: emaDecayAt(step),
      });
      // Films for the next step are read while this one computes.
      if (step + 1 < totalSteps) next = draw(step + 1);
      const losses = await running;
      step++;
      const loss = Object.values(losses).reduce((sum, value) => sum + value, 0);
      if (!Number.isFinite(loss)) throw new DivergenceError(step);
      const seconds = (now() - startedMs) / 1000;
      const stepsPerSecond = (step - firstStep) / seconds;
      await run.appendMetrics({ step, loss, ...losses });
      if (step % checkpointEverySteps === 0 || step === totalSteps) {
        await run.saveCheckpoint({ step, tensors: await captureState(runtime, program.state) });
      }
      yield {
        step,
        totalSteps,
        losses,
        loss,
        filmsPerSecond: stepsPerSecond * groups * 3,
        etaSeconds: (totalSteps - step) / stepsPerSecond,
        run,
        pairs: batches.pairs,
      };
    }
  } finally {
    await disposeAll(program, parameters, averages);
  }
}

/** The losses became infinite or not a number. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  readonly fix = "Start a new run with a lower learning rate.";

  constructor(step: number) {
    super(
      `Training diverged at step ${step}: the loss is not finite. Start a new run with a lower learning rate.`,
    );
  }
}

function describeRun({
  dataset,
  source,
  seed = 0,
  totalSteps = 4000,
  groups = 8,
  learningRate = 0.002,
  weights = DEFAULT_LOSS_WEIGHTS,
  settings,
}: TrainingOptions): RunDescription {
  const vocabulary = tokenVocabulary(dataset.films);
  const runSettings: RunSettings = {
    settings: settings ?? defaultAutoencoderSettings(dataset.imageSizePx, vocabulary.length),
    weights,
    groups,
    learningRate,
  };
  return {
    format: "counterlab-run",
    version: RUN_VERSION,
    kind: "autoencoder",
    seed,
    totalSteps,
    settings: { ...runSettings },
    vocabulary,
    data: { source, name: dataset.name, fingerprint: dataset.fingerprint },
    versions: packageVersions(),
  };
}

async function openOrCreate(folder: string, description: RunDescription): Promise<RunFolder> {
  if (!(await isRunFolder(folder))) return createRunFolder(folder, description);
  const run = await openRunFolder(folder);
  const essence = ({ seed, totalSteps, settings, vocabulary, data }: RunDescription) =>
    ({ seed, totalSteps, data: data.fingerprint, vocabulary, ...settings }) as Record<
      string,
      unknown
    >;
  const was = essence(run.description);
  const wanted = essence(description);
  const changed = Object.keys(wanted).filter(
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
