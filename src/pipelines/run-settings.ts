import type { AutoencoderSettings, LossWeights } from "../autoencoder/index.ts";
import type { RunDescription } from "../io/index.ts";

/** What `run.json` keeps under `settings` for an autoencoder. */
export interface RunSettings {
  readonly settings: AutoencoderSettings;
  readonly weights: LossWeights;
  /** Groups of three films in a step. */
  readonly groups: number;
  /** The schedule's peak. */
  readonly learningRate: number;
}

/** The settings of an autoencoder's run, which `openRunFolder` has found to be of this version. */
export function runSettings({ settings }: RunDescription): RunSettings {
  return settings as unknown as RunSettings;
}
