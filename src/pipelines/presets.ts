/** Sizes of a training run that go together. */
export interface TrainingPreset {
  readonly imageSizePx: number;
  readonly totalSteps: number;
  /** Groups of three films in a step. */
  readonly groups: number;
}

/** `smoke` only shows that everything works, `quick` is a first look in minutes on two cores, `full` stays under an hour. */
export const PRESETS: Readonly<Record<"smoke" | "quick" | "full", TrainingPreset>> = {
  smoke: { imageSizePx: 32, totalSteps: 30, groups: 8 },
  quick: { imageSizePx: 32, totalSteps: 1600, groups: 8 },
  full: { imageSizePx: 64, totalSteps: 12_000, groups: 8 },
};
