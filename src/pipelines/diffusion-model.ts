import type * as tf from "@tensorflow/tfjs-core";
import type { Condition, SentenceEncoder } from "../conditioning/index.ts";
import {
  codeWidth,
  guidedDenoiser,
  inferenceTimesteps,
  noiseSchedule,
  sample,
  samplerSteps,
  type NoiseSchedule,
  type Predict,
  type SamplerName,
  type SamplerStep,
  type SamplingProgress,
} from "../diffusion/index.ts";
import { foldIn, normal, type Key, type Program, type Runtime } from "../engine/index.ts";
import { InputError, openRunFolder, openSentenceEncoder, type RunFolder } from "../io/index.ts";
import { frozen, type ParameterScope } from "../nn/index.ts";
import { averagedParameters, newestCheckpoint } from "./checkpoint.ts";
import { scaleCodes, unscaleCodes, type CodeScale } from "./code-scale.ts";
import {
  conditionShapes,
  createConditionWriter,
  networkConditions,
  type ConditionWriter,
} from "./condition-inputs.ts";
import {
  diffusionRunSettings,
  type DiffusionRunSettings,
  type SentenceSettings,
} from "./diffusion-settings.ts";

/** Samples compile in batches of one (a click) or of this many (everything else). */
const BATCH = 64;

/** What samples are drawn under. */
export interface SamplingConditions {
  /** One a sample. */
  readonly conditions: readonly Condition[];
  /** Identity codes row by row, unscaled; where the denoiser knows them and none are given, it is told none. */
  readonly identities?: Float32Array;
  /** 1 when omitted: no guidance. */
  readonly guidanceScale?: number;
}

export interface SamplingOptions extends SamplingConditions {
  /** "ddim" when omitted ("euler" for a flow). */
  readonly sampler?: SamplerName;
  /** 20 when omitted. */
  readonly numInferenceSteps?: number;
  /** DDIM's η; 0 when omitted. */
  readonly eta?: number;
  /** x_T, one row a sample; drawn from `stream` when omitted. */
  readonly initialNoise?: Float32Array;
  /** The samples are these of a larger drawing, from this row on: noise is drawn as for all of it. 0 when omitted. */
  readonly firstRow?: number;
  readonly stream: Key;
}

/** A trained diffusion model over one code. */
export interface DiffusionModel {
  readonly settings: DiffusionRunSettings;
  readonly run: RunFolder;
  readonly step: number;
  readonly schedule: NoiseSchedule;
  /** The averaged parameters, as constants. */
  readonly parameters: ParameterScope;
  /** Numbers of one code. */
  readonly width: number;
  readonly scale: CodeScale;
  /** Scaled identity codes for the network: zeros where none are given; `undefined` where it wants none. */
  networkIdentities(identities: Float32Array | undefined, count: number): Float32Array | undefined;
  /** Conditions for the network. */
  readonly writeConditions: ConditionWriter;
  steps(options: Pick<SamplingOptions, "sampler" | "numInferenceSteps" | "eta">): SamplerStep[];
  /** The network under given conditions, for `sample` and `invertSampler`: scaled latents in, its output out. */
  predictor(conditions: SamplingConditions): Predict;
  /** Draws codes, yielding after each step; latents and denoised are unscaled codes, row by row. */
  sample(options: SamplingOptions): AsyncGenerator<SamplingProgress, void, void>;
  dispose(): Promise<void>;
}

/**
 * Opens a diffusion model at its newest checkpoint.
 *
 * @param options `sentenceEncoder`: that which the model was trained with, where it is not to be opened from its old place.
 * @throws InputError when the folder holds none, or the model was trained with another encoder of sentences.
 */
export async function openDiffusion(
  folder: string,
  runtime: Runtime,
  { sentenceEncoder }: { readonly sentenceEncoder?: SentenceEncoder } = {},
): Promise<DiffusionModel> {
  const run = await openRunFolder(folder);
  const settings = diffusionRunSettings(run.description);
  const encoder = await sentenceEncoderOf(folder, settings.sentences, sentenceEncoder);
  const checkpoint = await newestCheckpoint(run);
  const { tensors } = checkpoint;
  const store = averagedParameters(checkpoint);
  const scaleOf = (name: string): CodeScale | undefined => {
    const mean = tensors[`scale.${name}.mean`]?.data;
    const deviation = tensors[`scale.${name}.deviation`]?.data;
    return mean === undefined || deviation === undefined ? undefined : { mean, deviation };
  };
  const scale = scaleOf("code");
  const identityScale = scaleOf("identity");
  const { denoiser, choices } = settings;
  const writeConditions = createConditionWriter(settings, encoder);
  if (scale === undefined || (denoiser.identity !== undefined && identityScale === undefined)) {
    throw new InputError(
      `The checkpoint of ${folder} lacks the scale of its codes.`,
      "Train again into a new folder.",
    );
  }
  const width = codeWidth(denoiser.layout);
  const identityWidth = denoiser.identity === undefined ? 0 : codeWidth(denoiser.identity);
  const schedule = noiseSchedule(choices.schedule, { zeroTerminalSnr: choices.zeroTerminalSnr });
  const parameters = frozen(store);
  const programs = new Map<string, Promise<Program>>();
  const compiled = (batch: number, guidanceScale: number) => {
    const id = `${batch} ${guidanceScale}`;
    const known = programs.get(id);
    if (known !== undefined) return known;
    const program = runtime.compile(
      (inputs) => {
        const network = guidedDenoiser(parameters, networkConditions(inputs), {
          settings: denoiser,
          guidanceScale,
        });
        return {
          output: network(inputs["latents"] as tf.Tensor2D, inputs["timestep"] as tf.Tensor2D),
        };
      },
      {
        inputs: {
          latents: [batch, width],
          timestep: [batch, 1],
          ...conditionShapes(settings, batch),
          ...(identityWidth === 0 ? {} : { identity: [batch, identityWidth] }),
        },
      },
    );
    programs.set(id, program);
    return program;
  };

  const networkIdentities = (identities: Float32Array | undefined, count: number) => {
    if (identityWidth === 0) return undefined;
    if (identities === undefined) return new Float32Array(count * identityWidth);
    if (identities.length !== count * identityWidth) {
      throw new RangeError(
        `identities holds ${identities.length} numbers; ${count} samples need ${count * identityWidth}.`,
      );
    }
    return scaleCodes(identities, identityScale!);
  };

  const predictor = ({
    conditions,
    identities,
    guidanceScale = 1,
  }: SamplingConditions): Predict => {
    const count = conditions.length;
    const batch = count === 1 ? 1 : BATCH;
    const written = writeConditions(conditions);
    // Told when it is waited for, at the first step.
    written.catch(() => undefined);
    const known = networkIdentities(identities, count);
    return async (latents, timestep) => {
      const rows = Object.entries(await written);
      const program = await compiled(batch, guidanceScale);
      const output = new Float32Array(latents.length);
      for (let begin = 0; begin < count; begin += batch) {
        const part = (table: Float32Array) => filledRows(table, { count, begin, batch });
        const { output: ours } = await program.run({
          latents: part(latents),
          timestep: new Float32Array(batch).fill(timestep),
          ...Object.fromEntries(rows.map(([name, table]) => [name, part(table)])),
          ...(known === undefined ? {} : { identity: part(known) }),
        });
        const used = Math.min(batch, count - begin) * width;
        output.set((ours!.data as Float32Array).subarray(0, used), begin * width);
      }
      return output;
    };
  };

  const steps: DiffusionModel["steps"] = ({
    sampler = choices.schedule === "flow" ? "euler" : "ddim",
    numInferenceSteps = 20,
    eta = 0,
  }) =>
    samplerSteps(sampler, {
      schedule,
      predictionType: choices.predictionType,
      timesteps: inferenceTimesteps(schedule.numTrainTimesteps, numInferenceSteps),
      eta,
    });

  return {
    settings,
    run,
    step: checkpoint.step,
    schedule,
    parameters,
    width,
    scale,
    networkIdentities,
    writeConditions,
    steps,
    predictor,
    async *sample(options) {
      const count = options.conditions.length;
      const { stream, firstRow = 0 } = options;
      const { initialNoise = initialNoiseOf(stream, count, width, firstRow) } = options;
      const sampling = sample(steps(options), {
        initialNoise,
        predict: predictor(options),
        noise: (step, length) => {
          const before = firstRow * width;
          return normal(foldIn(foldIn(stream, "step"), step), before + length).subarray(before);
        },
      });
      for await (const progress of sampling) {
        yield {
          ...progress,
          latents: unscaleCodes(progress.latents, scale),
          denoised: unscaleCodes(progress.denoised, scale),
        };
      }
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      store.dispose();
      if (encoder !== sentenceEncoder) await encoder?.dispose();
    },
  };
}

/** The encoder that a model was trained with, and no other. */
async function sentenceEncoderOf(
  folder: string,
  trained: SentenceSettings | undefined,
  given: SentenceEncoder | undefined,
): Promise<SentenceEncoder | undefined> {
  if (trained === undefined) {
    if (given === undefined) return undefined;
    throw new InputError(
      `The model in ${folder} was trained without sentences.`,
      "Leave sentenceEncoder out.",
    );
  }
  const encoder = given ?? (await openSentenceEncoder(trained.source));
  if (encoder.fingerprint === trained.fingerprint) return encoder;
  if (encoder !== given) await encoder.dispose();
  throw new InputError(
    `The model in ${folder} was trained with the sentence encoder ${trained.name} (${trained.fingerprint}), and this is ${encoder.name} (${encoder.fingerprint}).`,
    `Put that one back at ${trained.source}, or train the diffusion models again.`,
  );
}

/** One stream of noise a sample: the first samples of many are those of few. */
export function initialNoiseOf(
  stream: Key,
  count: number,
  width: number,
  firstRow = 0,
): Float32Array {
  const noise = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const own = foldIn(foldIn(stream, "initial noise"), firstRow + row);
    noise.set(normal(own, width), row * width);
  }
  return noise;
}

function filledRows(
  table: Float32Array,
  {
    count,
    begin,
    batch,
  }: { readonly count: number; readonly begin: number; readonly batch: number },
): Float32Array {
  const width = table.length / count;
  const part = new Float32Array(batch * width);
  part.set(table.subarray(begin * width, Math.min(count, begin + batch) * width));
  return part;
}
