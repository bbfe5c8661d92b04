import {
  conditionVocabulary,
  type Condition,
  type SentenceEncoder,
} from "../conditioning/index.ts";
import type { Film } from "../data/index.ts";
import {
  defaultDenoiserSettings,
  denoisedForm,
  noiseSchedule,
  ratesAt,
  type DenoiserSettings,
} from "../diffusion/index.ts";
import { foldIn, key, type Runtime } from "../engine/index.ts";
import {
  monotonicMs,
  packageVersions,
  RUN_VERSION,
  type RunDescription,
  type RunFolder,
} from "../io/index.ts";
import { emaDecayAt, learningRateAt, ParameterStore } from "../nn/index.ts";
import type { AutoencoderModel, FilmCodes } from "./autoencoder-model.ts";
import { captureState, restoreState } from "./checkpoint.ts";
import { measureScale, scaleCodes, type CodeScale } from "./code-scale.ts";
import { streamCodes, streamLayout, type CodeStream } from "./code-streams.ts";
import { createConditionWriter } from "./condition-inputs.ts";
import { createDiffusionBatches, rowsOf } from "./diffusion-batches.ts";
import {
  DEFAULT_DIFFUSION_CHOICES,
  DIFFUSION_KIND,
  diffusionRunSettings,
  type DiffusionChoices,
  type DiffusionRunSettings,
  type SentenceSettings,
} from "./diffusion-settings.ts";
import { compileDiffusionStep } from "./diffusion-step.ts";
import { filmCondition } from "./film-conditions.ts";
import type { DatasetSplits } from "./open-dataset.ts";
import { DivergenceError } from "./train-autoencoder.ts";
import { openOrCreateRun } from "./training-run.ts";

export interface DiffusionTrainingOptions {
  readonly stream: CodeStream;
  /** The autoencoder whose codes are learnt. */
  readonly model: Pick<AutoencoderModel, "settings" | "step" | "encode">;
  readonly data: Pick<DatasetSplits, "name" | "origin" | "train">;
  /** Gives the training films' codes when training begins, where several models share them; encoded here when omitted. */
  readonly codes?: () => Promise<FilmCodes>;
  /** What each training film shows, where reports tell it; `filmCondition` of each when omitted. */
  readonly conditions?: readonly Condition[];
  /** A frozen encoder whose rows stand beside the tokens of findings (not in the identity stream, which knows none). */
  readonly sentences?: { readonly encoder: SentenceEncoder; readonly source: string };
  readonly runtime: Runtime;
  /** Run folder: created, or continued if it holds the same run unfinished. */
  readonly out: string;
  readonly seed?: number;
  /** 4000 when omitted. */
  readonly totalSteps?: number;
  /** Whatever differs from `DEFAULT_DIFFUSION_CHOICES`. */
  readonly choices?: Partial<DiffusionChoices>;
  /** The network; `defaultDenoiserSettings` when omitted: `vector` for the pathology, `map` for the other streams. */
  readonly denoiser?: DenoiserSettings;
  /** Steps between checkpoints; 500 when omitted. One more is written when training is left early. */
  readonly checkpointEverySteps?: number;
  readonly now?: () => number;
}

/** What a run tells after each step. */
export interface DiffusionTrainingProgress {
  readonly stream: CodeStream;
  /** Steps done, from 1. */
  readonly step: number;
  readonly totalSteps: number;
  readonly losses: Readonly<Record<"denoising" | "balancing", number>>;
  readonly loss: number;
  readonly samplesPerSecond: number;
  readonly etaSeconds: number;
  readonly run: RunFolder;
  /** Losses of the steps before this call, when a run is continued or already done. */
  readonly history: readonly Readonly<Record<string, number>>[];
}

/**
 * Trains a diffusion model over one of the autoencoder's codes, yielding after each step; leaving the loop stops it and keeps
 * what is learnt. Calling again with the same `out` continues to the same losses as if it had not stopped; a run that is done
 * yields its last step once more.
 *
 * @throws InputError when `out` holds something else; DivergenceError when the losses explode.
 */
export async function* trainDiffusion(
  options: DiffusionTrainingOptions,
): AsyncGenerator<DiffusionTrainingProgress, void, void> {
  const { stream, runtime, checkpointEverySteps = 500, now = monotonicMs } = options;
  const description = describeDiffusionRun(options);
  const settings = diffusionRunSettings(description);
  const { seed, totalSteps } = description;
  const run = await openOrCreateRun(options.out, description);
  const latest = await run.latestCheckpoint();
  const firstStep = latest?.step ?? 0;
  await run.rewindMetrics(firstStep);
  const history = await run.readMetrics();
  const startedMs = now();
  const progressAt = (step: number, losses: Record<"denoising" | "balancing", number>) => {
    const stepsPerSecond = ((step - firstStep) * 1000) / (now() - startedMs);
    return {
      stream,
      step,
      totalSteps,
      losses,
      loss: losses.denoising + losses.balancing,
      samplesPerSecond: stepsPerSecond * settings.choices.batchSize,
      etaSeconds: step === totalSteps ? 0 : (totalSteps - step) / stepsPerSecond,
      run,
      history,
    };
  };
  if (firstStep >= totalSteps) {
    const { denoising = NaN, balancing = NaN } = history.at(-1) ?? {};
    yield progressAt(totalSteps, { denoising, balancing });
    return;
  }

  const { scales, draw } = await prepareBatches(options, settings);
  const root = foldIn(foldIn(key(seed), "diffusion"), stream);
  const parameters = new ParameterStore(foldIn(root, "parameters"));
  const averages = new ParameterStore(root);
  const program = await compileDiffusionStep(runtime, { parameters, averages, settings });
  let step = firstStep;
  let savedStep = firstStep;
  const save = async () => {
    const tensors = { ...(await captureState(runtime, program.state)), ...scaleTensors(scales) };
    await run.saveCheckpoint({ step, tensors });
    savedStep = step;
  };
  try {
    if (latest !== undefined) await restoreState(runtime, program.state, latest.tensors);
    while (step < totalSteps) {
      const losses = await program.run(await draw(foldIn(foldIn(root, "batch"), step)), {
        learningRate: learningRateAt(step, totalSteps, { peak: settings.choices.learningRate }),
        emaDecay: emaDecayAt(step, settings.choices.emaDecay),
      });
      const loss = losses.denoising + losses.balancing;
      if (!Number.isFinite(loss)) {
        savedStep = step; // what is in memory now must not be kept
        throw new DivergenceError(step + 1);
      }
      step++;
      await run.appendMetrics({ step, loss, ...losses });
      if (step % checkpointEverySteps === 0 || step === totalSteps) await save();
      yield progressAt(step, losses);
    }
  } finally {
    if (step > savedStep) await save();
    await program.dispose();
    const { step: count, slots } = program.state.optimizer;
    count.dispose();
    for (const { mean, square } of slots.values()) {
      mean.dispose();
      square.dispose();
    }
    parameters.dispose();
    averages.dispose();
  }
}

/** Writes down a diffusion run. */
export function describeDiffusionRun({
  stream,
  model,
  data: { name, origin, train },
  conditions = train.films.map(filmCondition),
  sentences,
  seed = 0,
  totalSteps = 4000,
  choices = {},
  denoiser,
}: DiffusionTrainingOptions): RunDescription {
  const chosen = { ...DEFAULT_DIFFUSION_CHOICES, ...choices };
  // Says now what the noisiest timestep would say when it is drawn, an hour from now.
  const schedule = noiseSchedule(chosen.schedule, { zeroTerminalSnr: chosen.zeroTerminalSnr });
  denoisedForm(chosen.predictionType, ratesAt(schedule, schedule.numTrainTimesteps - 1));
  const layout = streamLayout(stream, model.settings);
  const identity = streamLayout("identity", model.settings);
  const settings: DiffusionRunSettings = {
    stream,
    denoiser:
      denoiser ??
      (stream === "pathology"
        ? defaultDenoiserSettings(layout, { form: "vector", identity })
        : defaultDenoiserSettings(layout, { form: "map" })),
    choices: chosen,
    conditions: conditionVocabulary(conditions.map((film) => streamCondition(stream, film))),
    ...(sentences === undefined || stream === "identity"
      ? {}
      : { sentences: describeSentences(sentences) }),
    autoencoderStep: model.step,
  };
  return {
    format: "counterlab-run",
    version: RUN_VERSION,
    kind: DIFFUSION_KIND,
    seed,
    totalSteps,
    settings: { ...settings },
    vocabulary: [],
    data: { name, fingerprint: train.fingerprint, origin: { ...origin } },
    versions: packageVersions(),
  };
}

function describeSentences({
  encoder: { name, fingerprint, width },
  source,
}: NonNullable<DiffusionTrainingOptions["sentences"]>): SentenceSettings {
  return { source, name, fingerprint, width };
}

/** A patient's anatomy is drawn without knowing the disease; the view belongs to both. */
function streamCondition(stream: CodeStream, condition: Condition): Condition {
  return stream === "identity" ? { ...condition, findings: [] } : condition;
}

async function prepareBatches(
  {
    stream,
    model,
    data: { train },
    conditions = train.films.map(filmCondition),
    codes,
    sentences,
  }: DiffusionTrainingOptions,
  settings: DiffusionRunSettings,
) {
  const encoded = await (codes === undefined
    ? model.encode(await train.readImages([...train.films.keys()]))
    : codes());
  const learnt = learntFilms(stream, train.films, settings.choices);
  const codesOf = (part: Float32Array) => rowsOf(part, learnt, part.length / train.films.length);
  const rows = codesOf(streamCodes(stream, encoded, model.settings));
  const scale = measureScale(rows, settings.denoiser.layout);
  const identityLayout = settings.denoiser.identity;
  const identityScale =
    identityLayout === undefined
      ? undefined
      : measureScale(codesOf(encoded.identity), identityLayout);
  const draw = createDiffusionBatches(
    {
      films: learnt.map((film) => train.films[film]!),
      conditions: learnt.map((film) => streamCondition(stream, conditions[film]!)),
      codes: scaleCodes(rows, scale),
      writeConditions: createConditionWriter(
        settings,
        settings.sentences === undefined ? undefined : sentences!.encoder,
      ),
      ...(identityScale === undefined
        ? {}
        : { identities: scaleCodes(codesOf(encoded.identity), identityScale) }),
    },
    settings,
  );
  return { scales: { code: scale, identity: identityScale }, draw };
}

/** The films whose codes a stream learns, as indices. */
function learntFilms(
  stream: CodeStream,
  films: readonly Film[],
  { identityFilms, batchSize }: DiffusionChoices,
): number[] {
  const all = [...films.keys()];
  if (stream !== "identity" || identityFilms === "all") return all;
  const healthy = all.filter((film) => films[film]!.labels.join() === "No Finding");
  return healthy.length < batchSize ? all : healthy;
}

function scaleTensors(
  scales: Readonly<Record<string, CodeScale | undefined>>,
): Record<string, { data: Float32Array; shape: readonly number[] }> {
  const tensors: Record<string, { data: Float32Array; shape: readonly number[] }> = {};
  for (const [name, scale] of Object.entries(scales)) {
    if (scale === undefined) continue;
    const { mean, deviation } = scale;
    tensors[`scale.${name}.mean`] = { data: mean, shape: [mean.length] };
    tensors[`scale.${name}.deviation`] = { data: deviation, shape: [deviation.length] };
  }
  return tensors;
}
