import { readFileSync } from "node:fs";

// Made by make_reference.py, which says how.
/** What reference implementations say. */
export const reference = JSON.parse(
  readFileSync(new URL("reference.json", import.meta.url), "utf8"),
) as {
  readonly distributions: Readonly<
    Record<
      | "frechetCleanFid"
      | "frechetPytorchFid"
      | "frechetFewFilms"
      | "kidCleanFid"
      | "kidTorchmetrics"
      | "kidUnequal"
      | "meanPairwiseDistance"
      | "vendi"
      | "vendiFewFilms"
      | "memorisedShare"
      | "memorisationThreshold"
      | "nearestPercentile"
      | "reIdentification",
      number
    >
  > & {
    readonly overlap: Readonly<Record<"precision" | "recall" | "density" | "coverage", number>>;
  };
  readonly similarity: Readonly<
    Record<
      "gaussianPytorchMsssim" | "gaussianTorchmetrics" | "uniformTorchmetrics" | "threeScales",
      number[]
    >
  > & { readonly fiveScales: number };
  readonly codes: Readonly<
    Record<
      | "migContinuous"
      | "modularity"
      | "sapDiscrete"
      | "sapContinuous"
      | "disentanglement"
      | "completeness"
      | "dciDisentanglement"
      | "dciCompleteness"
      | "leakageAccuracy"
      | "leakageBalancedAccuracy"
      | "leakageRSquared",
      number
    >
  > & {
    readonly mig: number[];
    readonly explicitness: number[];
    readonly dciInformativeness: number[];
    readonly dciImportance: number[][];
    readonly logisticWeights: number[][];
    readonly factorVae: Readonly<Record<"train" | "evaluation", number>>;
  };
  readonly classification: Readonly<
    Record<"balancedAccuracy" | "macroF1" | "auroc" | "averagePrecision" | "calibration", number>
  > & { readonly confusion: number[][]; readonly recall: number[] };
  readonly counterfactual: Readonly<
    Record<"errorInside" | "errorOutside" | "psnrInside" | "psnrOutside", number>
  > & { readonly minimality: number[] };
  readonly statistics: Readonly<Record<"low" | "high" | "standardError", number>> & {
    readonly quantile: number[];
  };
};
