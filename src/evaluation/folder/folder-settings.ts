import type { MethodId } from "../settings/methods.ts";

/** Everything that decides the evaluation of a folder's films. */
export interface FolderEvaluationSettings {
  readonly imageSizePx: number;
  /** Trains the generators. */
  readonly seed: number;
  readonly autoencoderSteps: number;
  readonly denoiserSteps: { readonly pathology: number; readonly identity: number };
  readonly samplerSteps: number;
  /** Of all methods alike: validation patients are too few to choose it by. */
  readonly guidanceScale: number;
  /** Labels of fewer training films than this are rare: their noise is searched for, and claims are about them. */
  readonly rareBelow: number;
  readonly noiseIterations: number;
  readonly generatedPerLabel: number;
  readonly methods: readonly FolderGenerator[];
  readonly classifierSteps: number;
  /** Training seeds of every classifier. */
  readonly classifierSeeds: readonly number[];
  /** A label with fewer positive held-out patients is not measured. */
  readonly minPatients: number;
  readonly replicates: number;
}

/** Generators that a folder's films are evaluated with. */
export type FolderGenerator = Extract<MethodId, "B3" | "B5" | "A1" | "A2" | "A9">;

/** Fits two cores and an hour for a thousand films of 32 px. */
export const FOLDER_EVALUATION: FolderEvaluationSettings = {
  imageSizePx: 32,
  seed: 0,
  autoencoderSteps: 2500,
  denoiserSteps: { pathology: 2000, identity: 1000 },
  samplerSteps: 20,
  guidanceScale: 2,
  rareBelow: 100,
  noiseIterations: 30,
  generatedPerLabel: 128,
  methods: ["B3", "A2", "A1", "A9"],
  classifierSteps: 1500,
  classifierSeeds: [0, 1, 2],
  minPatients: 10,
  replicates: 1000,
};
