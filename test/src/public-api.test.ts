import assert from "node:assert/strict";
import * as counterlab from "#src/index.ts";
import * as widgets from "#widgets/models/index.ts";

// A name that is not here is private. Adding one is a decision; taking one away breaks notebooks.
describe("the public names", () => {
  it('of "counterlab"', () => {
    assert.deepEqual(Object.keys(counterlab).sort(), [
      "FINDING_NAMES",
      "NO_FINDING",
      "PATHOLOGY_TYPES",
      "PRESETS",
      "TrainingError",
      "attachTraining",
      "bestOfNoise",
      "chooseReferences",
      "chooseSwapFilms",
      "compileNoiseProgram",
      "createLatentSpace",
      "createPairSampler",
      "createPhantomDataset",
      "createReportModel",
      "createRuntime",
      "createSwapper",
      "createTrainer",
      "createTrainingCurve",
      "ddimSteps",
      "ddpmSteps",
      "describeFilms",
      "describePairs",
      "diffusionFolder",
      "dpmSolverSteps",
      "drawContactSheet",
      "eulerSteps",
      "extractFindings",
      "generateFilms",
      "goldFromTable",
      "inferenceTimesteps",
      "invertSampler",
      "lesionMask",
      "noiseSchedule",
      "openAutoencoder",
      "openDataset",
      "openDiffusion",
      "openFilmDecoder",
      "openFilmFolder",
      "openPhantom",
      "openReplyCache",
      "openRunDataset",
      "optimizeFilmNoise",
      "optimizeNoise",
      "promptCondition",
      "readReports",
      "readSwapFilms",
      "readWithModel",
      "reconstructionQuality",
      "refineNoise",
      "renderPhantom",
      "sample",
      "scoreFindings",
      "swapSheet",
      "trainAutoencoder",
      "trainDiffusion",
    ]);
  });

  it('of "counterlab/widgets"', () => {
    assert.ok(Object.keys(widgets).includes("PathologySwap"));
  });
});
