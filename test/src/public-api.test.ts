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
      "chooseSwapFilms",
      "createPairSampler",
      "createPhantomDataset",
      "createReportModel",
      "createRuntime",
      "createSwapper",
      "createTrainer",
      "createTrainingCurve",
      "describePairs",
      "extractFindings",
      "goldFromTable",
      "lesionMask",
      "openAutoencoder",
      "openDataset",
      "openFilmFolder",
      "openPhantom",
      "openReplyCache",
      "openRunDataset",
      "readReports",
      "readSwapFilms",
      "readWithModel",
      "reconstructionQuality",
      "renderPhantom",
      "scoreFindings",
      "swapSheet",
      "trainAutoencoder",
    ]);
  });

  it('of "counterlab/widgets"', () => {
    assert.ok(Object.keys(widgets).includes("SwapGrid"));
  });
});
