import { PATHOLOGY_TYPES } from "../../data/index.ts";
import type { SuiteSettings } from "../settings/suite-settings.ts";

/** A first look: 32 px, one seed. Meant for 45 minutes on two cores; see docs/evaluation.md for what it took. */
export const quick: SuiteSettings = {
  name: "quick",
  data: {
    seed: 0,
    types: PATHOLOGY_TYPES,
    maxPerClass: 2000,
    imbalance: 100,
    validationPerClass: 100,
    testPerClass: 250,
    tailClasses: ["Nodule", "Pneumothorax", "Pneumoperitoneum"],
  },
  measures: {
    referencePerClass: 4096,
    generatedPerClass: 512,
    addedPerClass: 2000,
    nullBlocks: 2,
    diversityFilms: 64,
    replicates: 300,
    guidanceScales: [1, 2, 3],
    tuningPerClass: 128,
    mixtures: ["even", "matched"],
    swapsPerType: 50,
  },
  sizes: [
    {
      imageSizePx: 32,
      reader: { perClass: 2500, totalSteps: 4000 },
      autoencoder: { totalSteps: 8000, groups: 8, pathologyChannels: 16 },
      diffusion: { pathology: 2000, identity: 1000, batchSize: 64 },
      noise: { totalIterations: 15, batch: 128 },
      samplerSteps: 20,
      classifier: { totalSteps: 2000, batchSize: 64 },
      methods: { B0: [0], B2: [0], real: [0], B3: [0], A1: [0], A2: [0], A9: [0], C0: [0] },
      counterfactuals: [{ autoencoder: "full", confounding: 0, seeds: [0] }],
    },
  ],
};

/** The same with ten times as many head films as tail films instead of a hundred times. */
export const quickImbalance10: SuiteSettings = {
  ...quick,
  name: "quick-imbalance-10",
  data: { ...quick.data, imbalance: 10 },
};
