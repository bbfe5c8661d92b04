import { z } from "zod";
import type { ConditionVocabulary } from "../conditioning/index.ts";
import type {
  CodeLayout,
  DenoiserSettings,
  NoiseScheduleKind,
  PredictionType,
} from "../diffusion/index.ts";
import { InputError, type RunDescription } from "../io/index.ts";
import { CODE_STREAMS, type CodeStream } from "./code-streams.ts";

/** `kind` of a diffusion model's run. */
export const DIFFUSION_KIND = "diffusion";

/** How a diffusion model is trained; every baseline and ablation is a value here. */
export interface DiffusionChoices {
  readonly schedule: NoiseScheduleKind;
  readonly zeroTerminalSnr: boolean;
  readonly predictionType: PredictionType;
  /** γ of min-SNR-γ and the least weight; see `LossWeighting`. */
  readonly minSnrGamma: number;
  readonly minSnrFloor: number;
  readonly batchSize: number;
  /** The schedule's peak. */
  readonly learningRate: number;
  /** τ of the class frequencies n^τ that are drawn; 1 as in the data, 0 balanced. */
  readonly classExponent: number;
  /** τ of the class-balancing loss (CBDM); 0 is off. */
  readonly balancing: number;
  /** From which classes CBDM's other conditions are drawn: as the data has them, or all alike. */
  readonly balancingPrior: "data" | "uniform";
  /** Severity, side and zone of training films: of their table, or as their reports were read. */
  readonly conditionsFrom: "table" | "reports";
  readonly conditionDropout: number;
  readonly fieldDropout: number;
  /**
   * From whose films the identity stream learns: all, or healthy ones alone, as an ill film's identity code keeps a trace of the
   * illness (all where fewer than a batch are healthy).
   */
  readonly identityFilms: "healthy" | "all";
  /** How often the denoiser is not told the identity code. */
  readonly identityDropout: number;
  /** Limit of the moving average's decay. */
  readonly emaDecay: number;
}

export const DEFAULT_DIFFUSION_CHOICES: DiffusionChoices = {
  schedule: "cosine",
  zeroTerminalSnr: true,
  predictionType: "v_prediction",
  minSnrGamma: 5,
  minSnrFloor: 0.2,
  batchSize: 64,
  learningRate: 0.001,
  classExponent: 0.5,
  balancing: 0,
  balancingPrior: "data",
  conditionsFrom: "table",
  conditionDropout: 0.1,
  fieldDropout: 0.1,
  identityFilms: "all",
  identityDropout: 0.3,
  emaDecay: 0.999,
};

/** Which frozen encoder turned the training conditions' sentences into numbers; no other is taken later. */
export interface SentenceSettings {
  /** "energetic" or the full path of an ONNX file, as `openSentenceEncoder` takes it. */
  readonly source: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly width: number;
}

/** What `run.json` keeps under `settings` for a diffusion model. */
export interface DiffusionRunSettings {
  readonly stream: CodeStream;
  readonly denoiser: DenoiserSettings;
  readonly choices: DiffusionChoices;
  readonly conditions: ConditionVocabulary;
  /** Left out where the model learns from tokens alone. */
  readonly sentences?: SentenceSettings;
  /** How far the autoencoder was trained whose codes these are. */
  readonly autoencoderStep: number;
}

const count = z.number().int().positive();
const share = z.number().min(0).max(1);
const layout: z.ZodType<CodeLayout> = z.object({
  places: z.number().int().nonnegative(),
  channels: z.number().int().nonnegative(),
  whole: z.number().int().nonnegative(),
});

const schema = z.object({
  stream: z.enum(CODE_STREAMS as [CodeStream, ...CodeStream[]]),
  denoiser: z.object({
    form: z.enum(["vector", "map"]),
    layout,
    width: count,
    blocks: count,
    contextWidth: count,
    identity: layout.optional(),
  }),
  choices: z.object({
    schedule: z.enum(["cosine", "linear", "flow"]),
    zeroTerminalSnr: z.boolean(),
    predictionType: z.enum(["epsilon", "sample", "v_prediction", "flow_prediction"]),
    minSnrGamma: z.number().positive(),
    minSnrFloor: z.number().nonnegative(),
    batchSize: count,
    learningRate: z.number().positive(),
    classExponent: share,
    balancing: z.number().nonnegative(),
    balancingPrior: z.enum(["data", "uniform"]),
    conditionsFrom: z.enum(["table", "reports"]).default("table"),
    conditionDropout: share,
    fieldDropout: share,
    // Runs that do not say it took all.
    identityFilms: z.enum(["healthy", "all"]).default("all"),
    identityDropout: share,
    emaDecay: share,
  }),
  conditions: z.object({
    findings: z.array(z.string()),
    views: z.array(z.string()),
    slots: count,
  }),
  sentences: z
    .object({ source: z.string(), name: z.string(), fingerprint: z.string(), width: count })
    .optional(),
  autoencoderStep: count,
});

/**
 * The settings of a diffusion model's run.
 *
 * @throws InputError when the run is of something else, or its settings are damaged.
 */
export function diffusionRunSettings({ kind, settings }: RunDescription): DiffusionRunSettings {
  const parsed = schema.safeParse(settings);
  if (kind === DIFFUSION_KIND && parsed.success) return parsed.data as DiffusionRunSettings;
  const problem =
    kind === DIFFUSION_KIND
      ? `run.json: settings.${parsed.error!.issues[0]!.path.join(".")} is damaged.`
      : `This is a run of kind "${kind}", not of a ${DIFFUSION_KIND} model.`;
  throw new InputError(problem, "Give the folder that `counterlab train` wrote.");
}
