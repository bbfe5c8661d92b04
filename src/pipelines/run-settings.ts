import { z } from "zod";
import type { AutoencoderSettings, LossWeights } from "../autoencoder/index.ts";
import { InputError, type RunDescription } from "../io/index.ts";

/** `kind` of an autoencoder's run. */
export const AUTOENCODER_KIND = "autoencoder";

/** What `run.json` keeps under `settings` for an autoencoder. */
export interface RunSettings {
  readonly settings: AutoencoderSettings;
  readonly weights: LossWeights;
  /** See `SupervisionOptions`. */
  readonly crossedShare: number;
  /** Groups of three films in a step. */
  readonly groups: number;
  /** The schedule's peak. */
  readonly learningRate: number;
}

const count = z.number().int().positive();

const runSettingsSchema = z.object({
  settings: z.object({
    imageSizePx: count,
    channels: z.tuple([count, count, count]),
    patchPx: z.literal([1, 2]).optional(),
    identityChannels: count,
    pathologyWidth: count,
    acquisitionWidth: count,
    evensExposure: z.boolean().optional(),
    pathologyChannels: count,
    pathologyTokens: count,
    transformerBlocks: z.number().int().nonnegative(),
    numClasses: count,
  }),
  weights: z.object({
    ssim: z.number(),
    noop: z.number(),
    cycle: z.number(),
    kl: z.number(),
    classification: z.number(),
    adversary: z.number(),
    independence: z.number(),
    focus: z.number(),
    consistency: z.number().optional(),
    critic: z.number(),
    effectiveness: z.number(),
    featureMatching: z.number(),
  }),
  crossedShare: z.number().min(0).max(1),
  groups: count,
  learningRate: z.number().positive(),
});

/**
 * The settings of an autoencoder's run.
 *
 * @throws InputError when the run is of something else, or its settings are damaged.
 */
export function runSettings({ kind, settings }: RunDescription): RunSettings {
  const parsed = runSettingsSchema.safeParse(settings);
  if (kind === AUTOENCODER_KIND && parsed.success) return parsed.data as RunSettings;
  const problem =
    kind === AUTOENCODER_KIND
      ? `run.json: settings.${parsed.error!.issues[0]!.path.join(".")} is damaged.`
      : `This is a run of kind "${kind}", not of an ${AUTOENCODER_KIND}.`;
  throw new InputError(problem, "Give the folder that `counterlab train` wrote.");
}
