import { z } from "zod";
import type { CodeSizes } from "../../autoencoder/index.ts";
import { PATHOLOGY_TYPES, type PathologyType } from "../../data/index.ts";
import { InputError } from "../../io/index.ts";
import { METHOD_IDS, type AutoencoderVariant, type MethodId } from "./methods.ts";

/** Which films an evaluation rests on; part of a suite's settings, fixed before the run. */
export interface SuiteData {
  /** Draws the phantom; the same for every training seed. */
  readonly seed: number;
  readonly types: readonly PathologyType[];
  readonly maxPerClass: number;
  /** Head over tail. */
  readonly imbalance: number;
  readonly validationPerClass: number;
  readonly testPerClass: number;
  /** The classes that claims are made on. */
  readonly tailClasses: readonly PathologyType[];
}

/** What is measured on how many films; part of a suite's settings, fixed before the run. */
export interface SuiteMeasures {
  /** Rendered films a class that distributions are compared with. */
  readonly referencePerClass: number;
  /** Films of a class that distances are measured on. */
  readonly generatedPerClass: number;
  /** At most so many generated films of a class join a classifier's training films, up to the head's size. */
  readonly addedPerClass: number;
  /** Blocks of `generatedPerClass` held-out renders that a distance's null is averaged over. */
  readonly nullBlocks: number;
  /** Films a class in diversity measures. */
  readonly diversityFilms: number;
  /** Resamples behind each interval. */
  readonly replicates: number;
  /** Guidance scales that are tried on validation patients. */
  readonly guidanceScales: readonly number[];
  readonly tuningPerClass: number;
  /** How a classifier mixes real and generated films; chosen for each method on validation patients. */
  readonly mixtures: readonly Mixture[];
  /** Swaps to each type in the counterfactual panel. */
  readonly swapsPerType: number;
  /** A network to measure distributions with in place of the suite's own extractor. */
  readonly extractor?: OnnxExtractorSettings;
}

/** A frozen network in an ONNX file, such as RadDINO or Inception; see `openOnnxExtractor`. */
export interface OnnxExtractorSettings {
  readonly file: string;
  readonly inputSizePx?: number;
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
  readonly output?: string;
}

/** Ways to mix real and generated films in a classifier's training: see `mixedFilms`. */
export const MIXTURES = ["pooled", "even", "matched"] as const;

export type Mixture = (typeof MIXTURES)[number];

/** Training at one film size: the budget that all methods share. */
export interface SizeSettings {
  readonly imageSizePx: number;
  readonly reader: { readonly perClass: number; readonly totalSteps: number };
  readonly autoencoder: { readonly totalSteps: number; readonly groups: number } & CodeSizes;
  /** Steps of each denoiser; the joint one, alone, gets those of both others. */
  readonly diffusion: {
    readonly pathology: number;
    readonly identity: number;
    readonly batchSize: number;
  };
  readonly noise: { readonly totalIterations: number; readonly batch: number };
  readonly samplerSteps: number;
  readonly classifier: { readonly totalSteps: number; readonly batchSize: number };
  /** Training seeds of each method; methods that are not named are not run. */
  readonly methods: Readonly<Partial<Record<MethodId, readonly number[]>>>;
  /** Autoencoders whose counterfactuals are measured against exact ones. */
  readonly counterfactuals: readonly {
    readonly autoencoder: AutoencoderVariant;
    readonly confounding: number;
    readonly seeds: readonly number[];
  }[];
}

/** Everything that decides an evaluation's numbers. */
export interface SuiteSettings {
  readonly name: string;
  readonly data: SuiteData;
  readonly measures: SuiteMeasures;
  readonly sizes: readonly SizeSettings[];
}

const count = z.number().int().positive();
const seeds = z.array(z.number().int().nonnegative()).min(1);
const types = z.array(z.enum(PATHOLOGY_TYPES)).min(1);

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "give small letters, digits and dashes"),
  data: z.strictObject({
    seed: z.number().int().nonnegative(),
    types,
    maxPerClass: count,
    imbalance: z.number().min(1),
    validationPerClass: count,
    testPerClass: count,
    tailClasses: types,
  }),
  measures: z.strictObject({
    referencePerClass: count,
    generatedPerClass: count,
    addedPerClass: count,
    nullBlocks: count,
    diversityFilms: count,
    replicates: z.number().int().min(2),
    guidanceScales: z.array(z.number().positive()).min(1),
    tuningPerClass: count,
    mixtures: z.array(z.enum(MIXTURES)).min(1),
    swapsPerType: count,
    extractor: z
      .strictObject({
        file: z.string(),
        inputSizePx: count.optional(),
        mean: z.array(z.number()).optional(),
        deviation: z.array(z.number().positive()).optional(),
        output: z.string().optional(),
      })
      .optional(),
  }),
  sizes: z
    .array(
      z.strictObject({
        imageSizePx: count,
        reader: z.strictObject({ perClass: count, totalSteps: count }),
        autoencoder: z.strictObject({
          totalSteps: count,
          groups: count,
          patchPx: z.literal([1, 2]).optional(),
          pathologyChannels: count.multipleOf(4).optional(),
          identityChannels: count.optional(),
        }),
        diffusion: z.strictObject({ pathology: count, identity: count, batchSize: count }),
        noise: z.strictObject({ totalIterations: count, batch: count }),
        samplerSteps: count,
        classifier: z.strictObject({ totalSteps: count, batchSize: count }),
        methods: z.partialRecord(z.enum(METHOD_IDS), seeds),
        counterfactuals: z.array(
          z.strictObject({
            autoencoder: z.enum(["full", "noGroups", "noTransformer"]),
            confounding: z.number().min(0).max(1),
            seeds,
          }),
        ),
      }),
    )
    .min(1),
});

/**
 * Reads a suite's settings from JSON.
 *
 * @throws InputError naming the first setting that is wrong.
 */
export function parseSuiteSettings(content: unknown, origin: string): SuiteSettings {
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new InputError(
      `${origin}: ${path.length === 0 ? "the settings" : path.join(".")}: ${message}.`,
      "docs/evaluation.md lists the settings of a suite.",
    );
  }
  const settings = parsed.data as SuiteSettings;
  const { data, measures } = settings;
  const strange = data.tailClasses.find((name) => !data.types.includes(name));
  if (strange !== undefined || measures.diversityFilms > measures.generatedPerClass) {
    throw new InputError(
      strange === undefined
        ? `${origin}: measures.diversityFilms is ${measures.diversityFilms}, but only ${measures.generatedPerClass} films are generated a class.`
        : `${origin}: data.tailClasses names ${strange}, which data.types lacks.`,
      "docs/evaluation.md lists the settings of a suite.",
    );
  }
  return settings;
}
