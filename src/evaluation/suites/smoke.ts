import type { SuiteSettings } from "../settings/suite-settings.ts";

/** Shows that every part works, in under three minutes; its numbers mean nothing. */
export const smoke: SuiteSettings = {
  name: "smoke",
  data: {
    seed: 0,
    types: ["No Finding", "Cardiomegaly", "Pneumoperitoneum"],
    maxPerClass: 40,
    imbalance: 4,
    validationPerClass: 16,
    testPerClass: 16,
    tailClasses: ["Pneumoperitoneum"],
  },
  measures: {
    referencePerClass: 160,
    generatedPerClass: 16,
    addedPerClass: 24,
    nullBlocks: 4,
    diversityFilms: 8,
    replicates: 40,
    guidanceScales: [1, 2],
    tuningPerClass: 8,
    mixtures: ["pooled", "even", "matched"],
    swapsPerType: 6,
  },
  sizes: [
    {
      imageSizePx: 16,
      reader: { perClass: 60, totalSteps: 24 },
      autoencoder: { totalSteps: 16, groups: 4 },
      diffusion: { pathology: 16, identity: 8, batchSize: 16 },
      noise: { totalIterations: 2, batch: 16 },
      samplerSteps: 4,
      classifier: { totalSteps: 24, batchSize: 16 },
      methods: { B0: [0], B2: [0], real: [0], B3: [0], A1: [0], A2: [0], A9: [0], C0: [0] },
      counterfactuals: [{ autoencoder: "full", confounding: 0, seeds: [0] }],
    },
  ],
};
