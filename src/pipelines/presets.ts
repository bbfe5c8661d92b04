/** Sizes of a training run that go together. */
export interface TrainingPreset {
  readonly imageSizePx: number;
  readonly totalSteps: number;
  /** Groups of three films in a step. */
  readonly groups: number;
}

/** `quick` is a first look in minutes on two cores, `full` about an hour. */
export const PRESETS: Readonly<Record<"quick" | "full", TrainingPreset>> = {
  quick: { imageSizePx: 32, totalSteps: 800, groups: 8 },
  full: { imageSizePx: 64, totalSteps: 5000, groups: 8 },
};
