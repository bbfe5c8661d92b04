import assert from "node:assert/strict";
import {
  auroc,
  averagePrecision,
  classificationReport,
  classSize,
  expectedCalibrationError,
  rankLabels,
} from "#src/metrics/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { closeTo } from "./reference/inputs.ts";
import { parkMiller } from "./reference/park-miller.ts";
import { reference } from "./reference/reference.ts";

const expected = reference.classification;

// make_reference.py's classification.
function inputs() {
  const uniform = parkMiller(3);
  const list = (next: () => number) => Float64Array.from({ length: 500 }, next);
  const truth = list(() => Math.floor(uniform() ** 2 * 5));
  const guess = list(() => Math.floor(uniform() * 5));
  const predicted = truth.map((value, film) => (uniform() < 0.6 ? value : guess[film]!));
  const positive = list(() => (uniform() < 0.2 ? 1 : 0));
  const scores = positive.map((flag) => Math.floor((0.3 * flag + 0.7 * uniform()) * 40) / 40);
  const confidence = list(uniform);
  const right = confidence.map((value) => (uniform() < value ** 1.5 ? 1 : 0));
  return { truth, predicted, positive, scores, confidence, right };
}

describe("classification metrics", () => {
  const { truth, predicted, positive, scores, confidence, right } = inputs();

  it("confusion, balanced accuracy, recall and macro-F1 agree with scikit-learn to 1e-12", () => {
    const report = classificationReport(truth, predicted, {
      trainingFilms: [900, 400, 100, 99, 7],
    });
    assert.deepEqual(report.confusion, expected.confusion);
    closeTo(report.balancedAccuracy, expected.balancedAccuracy, 1e-12);
    closeTo(report.macroF1, expected.macroF1, 1e-12);
    assertAllClose(report.recall, expected.recall, { rtol: 1e-12, atol: 0 });
    const [head, second, third, fourth, fifth] = expected.recall as [
      number,
      number,
      number,
      number,
      number,
    ];
    closeTo(report.recallBySize.head, head, 1e-12);
    closeTo(report.recallBySize.medium, (second + third) / 2, 1e-12);
    closeTo(report.recallBySize.tail, (fourth + fifth) / 2, 1e-12);
  });

  it("classes without a film are left out of the means", () => {
    const report = classificationReport([0, 0, 1], [0, 1, 1], { trainingFilms: [600, 600, 5] });
    closeTo(report.balancedAccuracy, 0.75, 1e-12);
    assert.ok(Number.isNaN(report.recall[2]) && Number.isNaN(report.recallBySize.tail));
  });

  it("sizes of classes have their limits at 500 and 100 films", () => {
    assert.deepEqual([501, 500, 100, 99].map(classSize), ["head", "medium", "medium", "tail"]);
  });

  it("AUROC and average precision agree with scikit-learn to 1e-12, with ties", () => {
    closeTo(auroc(scores, positive), expected.auroc, 1e-12);
    closeTo(averagePrecision(scores, positive), expected.averagePrecision, 1e-12);
  });

  it("the calibration error agrees with torchmetrics to 1e-6", () => {
    // torchmetrics adds up in float32.
    closeTo(expectedCalibrationError(confidence, right), expected.calibration, 1e-6);
  });

  it("labels with too few positive patients are skipped by name", () => {
    const films = Array.from({ length: 500 }, (_, film) => film);
    const report = rankLabels({
      labels: ["common", "one patient"],
      scores: films.flatMap((film) => [scores[film]!, scores[film]!]),
      isPositive: films.flatMap((film) => [positive[film]!, film < 20 ? 1 : 0]),
      patients: films.map((film) => (film < 20 ? "a" : `p${film}`)),
    });
    assert.deepEqual(report.skipped, ["one patient"]);
    closeTo(report.macroAuroc, expected.auroc, 1e-12);
    closeTo(report.macroAveragePrecision, expected.averagePrecision, 1e-12);
    const common = report.labels[0]!;
    assert.equal(common.positiveFilms, positive.filter((flag) => flag === 1).length);
    assert.ok(common.positivePatients < common.positiveFilms);
  });

  it("refuses classes and labels that do not exist", () => {
    assert.throws(() => classificationReport([0], [2], { trainingFilms: [1, 1] }), /from 0 to 1/);
    assert.throws(() => auroc([0.1, 0.2], [1, 1]), /2 positives and 0 negatives/);
    assert.throws(() => auroc([0.1, NaN], [1, 0]), /finite scores/);
    assert.throws(() => expectedCalibrationError([1.2], [1]), /give 0 to 1/);
  });
});
