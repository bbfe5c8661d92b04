import * as tf from "@tensorflow/tfjs-core";
import { decode, placesPerSide } from "../autoencoder/index.ts";
import type { Condition } from "../conditioning/index.ts";
import { guidedDenoiser, invertSampler } from "../diffusion/index.ts";
import { foldIn, type Key, type Runtime } from "../engine/index.ts";
import {
  appearanceObjective,
  bestOfNoise,
  compileNoiseProgram,
  drawMixtures,
  mixReferences,
  normAwareNoise,
  optimizeNoise,
  rowAdam,
  semanticObjective,
  type NoiseForm,
  type NoiseIteration,
  type NoiseObjective,
  type NoiseProgram,
} from "../noise-optimization/index.ts";
import { scaleCodes, unscaleCodes } from "./code-scale.ts";
import { conditionShapes, networkConditions } from "./condition-inputs.ts";
import { initialNoiseOf, type DiffusionModel } from "./diffusion-model.ts";
import type { FilmDecoder } from "./film-decoder.ts";

/** How initial noise is searched for. */
export interface FilmNoiseSettings {
  readonly totalIterations: number;
  readonly numInferenceSteps: number;
  readonly guidanceScale: number;
  readonly form: NoiseForm;
  readonly horizon: "unrolled" | "oneStep";
  readonly learningRate: number;
  /** The rate from the fourth update on. */
  readonly laterRate: number;
  readonly clipNorm: number;
  readonly patience: number;
  readonly priorWeight: number;
  /**
   * What tells whether the prompt is met: the critic of films on the decoded film, or the autoencoder's classifier of the code,
   * which costs nothing but is easily talked into it.
   */
  readonly classifier: "film" | "code";
  /** Weights of that verdict, of meaning and of likeness to the references; 0 leaves one out. */
  readonly classifierWeight: number;
  /**
   * A film is left as it is once the classifier's verdict is at most so many nats: what pleases it more than real films do is
   * an exaggeration (docs/decisions/0017). 0 never lets go.
   */
  readonly classifierGoal: number;
  readonly semanticWeight: number;
  readonly appearanceWeight: number;
  /** References that each sample looks at. */
  readonly subsetSize: number;
  /** How far the start is moved from fresh noise to that of the inverted references (NAO); 0 is fresh. */
  readonly startStrength: number;
}

export const DEFAULT_FILM_NOISE: FilmNoiseSettings = {
  totalIterations: 30,
  numInferenceSteps: 20,
  guidanceScale: 2,
  form: "noise",
  horizon: "unrolled",
  learningRate: 0.1,
  laterRate: 0.01,
  clipNorm: 0.1,
  patience: 3,
  priorWeight: 0.01,
  classifier: "film",
  classifierWeight: 1,
  classifierGoal: 2,
  semanticWeight: 10,
  appearanceWeight: 1,
  subsetSize: 2,
  startStrength: 0,
};

export interface FilmNoiseOptions {
  readonly runtime: Runtime;
  /** Of the pathology stream. */
  readonly model: DiffusionModel;
  readonly decoder: FilmDecoder;
  /** One a film. */
  readonly conditions: readonly Condition[];
  /** Identity codes, one row a film. */
  readonly identities: Float32Array;
  /** Pathology codes of real films that show what is asked for, row by row. */
  readonly references: Float32Array;
  readonly settings?: Partial<FilmNoiseSettings>;
  /** x_T, one row a film; drawn from `stream`, as `generateFilms` does, when omitted. */
  readonly initialNoise?: Float32Array;
  readonly stream: Key;
  /** "optimize" when omitted; "bestOf" spends as many network calls on fresh noise instead: the control. */
  readonly search?: "optimize" | "bestOf";
}

/** An iteration over films: latents are unscaled pathology codes (with the one-step horizon, their first estimate). */
export interface FilmNoiseIteration extends NoiseIteration {
  /** The films that this iteration's noise leads to (the best so far with `best`), of the first `count` samples. */
  readonly films: (of: "current" | "best", count?: number) => Promise<Float32Array>;
}

/**
 * Optimizes the initial noise of the pathology code, all films side by side, yielding each iteration. What comes last has the best
 * noise of each film; `generateFilms` makes the same films from it.
 */
export async function* optimizeFilmNoise({
  runtime,
  model,
  decoder,
  conditions,
  identities,
  references,
  settings: changes = {},
  stream,
  initialNoise,
  search = "optimize",
}: FilmNoiseOptions): AsyncGenerator<FilmNoiseIteration, void, void> {
  const settings = { ...DEFAULT_FILM_NOISE, ...changes };
  const batch = conditions.length;
  const { width, scale } = model;
  const program = await compileFilmProgram(
    { runtime, model, decoder, batch },
    settings,
    search === "optimize",
  );
  try {
    const scaled = scaleCodes(references, scale);
    const count = references.length / width;
    const mixtures = drawMixtures(count, {
      stream: foldIn(stream, "mixtures"),
      count: batch,
      subsetSize: settings.subsetSize,
    });
    const targets = mixReferences(scaled, width, mixtures);
    const inputs = {
      ...(await networkArrays(model, conditions, identities)),
      ...objectiveArrays(decoder, conditions, { targets, identities, width, model, settings }),
    };
    const fresh = initialNoise ?? initialNoiseOf(foldIn(stream, "pathology"), batch, width);
    const start =
      settings.startStrength === 0
        ? fresh
        : normAwareNoise(await invertReferences(model, scaled, count, conditions[0]!), fresh, {
            width,
            mixtures,
            strength: settings.startStrength,
          });
    const calls = (settings.totalIterations + 1) * 2 * stepsUsed(settings);
    const iterations =
      search === "optimize"
        ? optimizeNoise({
            program,
            initialNoise: start,
            inputs,
            totalIterations: settings.totalIterations,
            optimizer: rowAdam({
              learningRate: settings.learningRate,
              laterRate: settings.laterRate,
            }),
            clipNorm: settings.clipNorm,
            patience: settings.patience,
            ...(settings.classifierWeight === 0
              ? {}
              : { goals: { classifier: settings.classifierWeight * settings.classifierGoal } }),
          })
        : bestOfNoise({
            program,
            inputs,
            networkCalls: calls,
            draw: (candidate) =>
              candidate === 0
                ? fresh
                : initialNoiseOf(foldIn(foldIn(stream, "candidate"), candidate), batch, width),
          });
    for await (const iteration of iterations) {
      const best = { ...iteration.best, latents: unscaleCodes(iteration.best.latents, scale) };
      const latents = unscaleCodes(iteration.latents, scale);
      yield {
        ...iteration,
        latents,
        best,
        films: async (of, shown = batch) => {
          const chosen = of === "best" ? best : { ...iteration, latents };
          // A first estimate is not yet what the sampler makes of its noise.
          const pathology =
            settings.horizon === "unrolled"
              ? chosen.latents
              : await sampleFrom(chosen.noise, { model, conditions, identities, settings, stream });
          return decodeFirst(decoder, { identities, pathology }, { batch, shown });
        },
      };
    }
  } finally {
    await program.dispose();
  }
}

function stepsUsed({ horizon, numInferenceSteps }: FilmNoiseSettings): number {
  return horizon === "oneStep" ? 1 : numInferenceSteps;
}

function compileFilmProgram(
  {
    runtime,
    model,
    decoder,
    batch,
  }: Pick<FilmNoiseOptions, "runtime" | "model" | "decoder"> & { readonly batch: number },
  settings: FilmNoiseSettings,
  withGradient: boolean,
): Promise<NoiseProgram> {
  const { denoiser } = model.settings;
  const { width, scale } = model;
  const identityWidth = model.networkIdentities(undefined, 1)?.length ?? 0;
  const tokens = decoder.vocabulary.length;
  const whole = denoiser.layout.whole;
  const places = placesPerSide(decoder.settings);
  const identityShape = [batch, places, places, decoder.settings.identityChannels];
  const logitsOf = (pathology: tf.Tensor2D, identity: tf.Tensor | undefined): tf.Tensor2D =>
    settings.classifier === "code"
      ? decoder.classifyPathology(pathology)
      : decoder.classifyFilms(
          decode(
            decoder.parameters,
            {
              identity: identity as tf.Tensor4D,
              pathology,
              acquisition: tf.zeros([batch, decoder.settings.acquisitionWidth]),
            },
            decoder.settings,
          ),
        );
  const prompt: NoiseObjective = {
    name: "classifier",
    weight: settings.classifierWeight,
    inputs: {
      tokenTargets: [batch, tokens],
      tokenMask: [batch, tokens],
      ...(settings.classifier === "film" ? { identityCodes: identityShape } : {}),
    },
    // −log p of each token that the prompt speaks of.
    loss: (denoised, given) => {
      const code = tf.add<tf.Tensor2D>(
        tf.mul(denoised, tf.tensor2d(scale.deviation, [1, width])),
        tf.tensor2d(scale.mean, [1, width]),
      );
      const logits = logitsOf(code, given["identityCodes"]);
      const losses = tf.sub(tf.softplus(logits), tf.mul(logits, given["tokenTargets"]!));
      return tf.sum<tf.Tensor1D>(tf.mul(losses, given["tokenMask"]!), 1);
    },
  };
  const objectives: readonly NoiseObjective[] = [
    prompt,
    semanticObjective({
      batch,
      width: whole,
      weight: settings.semanticWeight,
      // The numbers of the whole film say what it is wherever it lies.
      features: (denoised) => tf.slice(denoised, [0, width - whole], [batch, whole]),
    }),
    appearanceObjective({ batch, width, weight: settings.appearanceWeight }),
  ].filter(({ weight }) => weight !== 0);
  return compileNoiseProgram({
    runtime,
    steps: model.steps({ numInferenceSteps: settings.numInferenceSteps }),
    batch,
    width,
    network: (inputs) =>
      guidedDenoiser(model.parameters, networkConditions(inputs), {
        settings: denoiser,
        guidanceScale: settings.guidanceScale,
      }),
    networkInputs: {
      ...conditionShapes(model.settings, batch),
      ...(identityWidth === 0 ? {} : { identity: [batch, identityWidth] }),
    },
    objectives,
    form: settings.form,
    horizon: settings.horizon,
    priorWeight: settings.priorWeight,
    withGradient,
  });
}

async function networkArrays(
  model: DiffusionModel,
  conditions: readonly Condition[],
  identities: Float32Array,
): Promise<Record<string, Float32Array>> {
  const known = model.networkIdentities(identities, conditions.length);
  return {
    ...(await model.writeConditions(conditions)),
    ...(known === undefined ? {} : { identity: known }),
  };
}

function objectiveArrays(
  { vocabulary }: FilmDecoder,
  conditions: readonly Condition[],
  {
    targets,
    identities,
    width,
    model,
    settings,
  }: {
    readonly targets: Float32Array;
    readonly identities: Float32Array;
    readonly width: number;
    readonly model: DiffusionModel;
    readonly settings: FilmNoiseSettings;
  },
): Record<string, Float32Array> {
  const { whole } = model.settings.denoiser.layout;
  const tokenTargets = new Float32Array(conditions.length * vocabulary.length);
  const tokenMask = new Float32Array(conditions.length * vocabulary.length);
  conditions.forEach(({ findings }, row) => {
    const asked = new Set<string>();
    const spokenOf = new Set<string>();
    for (const { name, ...fields } of findings) {
      if (name !== undefined) asked.add(name);
      for (const [field, value] of Object.entries(fields)) {
        asked.add(`${field}:${value}`);
        spokenOf.add(field);
      }
    }
    vocabulary.forEach((token, column) => {
      const at = row * vocabulary.length + column;
      const field = /^(side|zone|severity):/.exec(token)?.[1];
      tokenTargets[at] = Number(asked.has(token));
      // Every finding is spoken of: one that is not asked for should not be there.
      tokenMask[at] = Number(field === undefined || spokenOf.has(field));
    });
  });
  const semanticTargets = Float32Array.from(
    { length: conditions.length * whole },
    (_, at) => targets[Math.floor(at / whole) * width + width - whole + (at % whole)]!,
  );
  return {
    ...(settings.classifierWeight === 0 ? {} : { tokenTargets, tokenMask }),
    ...(settings.classifierWeight > 0 && settings.classifier === "film"
      ? { identityCodes: identities }
      : {}),
    ...(settings.semanticWeight === 0 ? {} : { semanticTargets }),
    ...(settings.appearanceWeight === 0 ? {} : { appearanceTargets: targets }),
  };
}

/** The initial noise from which each reference comes, without guidance: that is what the flow of the data itself says. */
async function invertReferences(
  model: DiffusionModel,
  scaled: Float32Array,
  count: number,
  condition: Condition,
): Promise<Float32Array> {
  const conditions = Array.from({ length: count }, () => condition);
  let noise = scaled;
  for await (const { latents } of invertSampler(model.steps({ numInferenceSteps: 20 }), {
    latents: scaled,
    predict: model.predictor({ conditions }),
  })) {
    noise = latents;
  }
  return noise;
}

async function sampleFrom(
  initialNoise: Float32Array,
  {
    model,
    settings: { guidanceScale, numInferenceSteps },
    ...asked
  }: Pick<FilmNoiseOptions, "model" | "conditions" | "identities" | "stream"> & {
    readonly settings: FilmNoiseSettings;
  },
): Promise<Float32Array> {
  let codes = initialNoise;
  const sampling = { ...asked, guidanceScale, numInferenceSteps, initialNoise };
  for await (const { latents } of model.sample(sampling)) codes = latents;
  return codes;
}

function decodeFirst(
  decoder: FilmDecoder,
  {
    identities,
    pathology,
  }: { readonly identities: Float32Array; readonly pathology: Float32Array },
  { batch, shown }: { readonly batch: number; readonly shown: number },
): Promise<Float32Array> {
  const part = (rows: Float32Array) => rows.subarray(0, (rows.length / batch) * shown);
  return decoder.decode({
    count: shown,
    identity: part(identities),
    pathology: part(pathology),
    acquisition: new Float32Array(shown * decoder.settings.acquisitionWidth),
  });
}
