import assert from "node:assert/strict";
import { key, normal } from "#src/engine/index.ts";
import { measuredLabels, scoreFolder } from "#src/evaluation/folder/folder-scores.ts";

const labels = ["No Finding", "Effusion", "Mass", "Hernia"];
// Three films a patient; every film of a patient shows the same. Mass comes with Effusion in every other one.
const films = Array.from({ length: 240 }, (_, at) => {
  const patient = Math.floor(at / 3);
  const kind = patient % 4;
  return {
    id: String(at),
    patient: String(patient),
    cell: "",
    labels: [
      ["No Finding"],
      ["Effusion"],
      ["Effusion", "Mass"],
      patient < 8 ? ["Hernia"] : ["Mass"],
    ][kind]!,
    attributes: { view: at % 3 === 0 ? "AP" : "PA" },
  };
});
const measured = measuredLabels(films, labels, 10);

/** Log-odds that are right by `lead`, with noise of 1. */
const scoresOf = (lead: number, seed: number) => {
  const noise = normal(key(seed), films.length * labels.length);
  return Float32Array.from(noise, (value, at) => {
    const film = films[Math.floor(at / labels.length)]!;
    return value + (film.labels.includes(labels[at % labels.length]!) ? lead : 0);
  });
};
const scoring = { films, labels, measured, stream: key(9), replicates: 200 };

describe("the scores of a folder's held-out films", () => {
  it("leave out labels of too few patients", () => {
    assert.deepEqual(measured, ["No Finding", "Effusion", "Mass"]);
  });

  it("are one half for a classifier that guesses, and one for one that knows", () => {
    const guess = scoreFolder([scoresOf(0, 1)], scoring);
    // Four standard deviations of an AUROC of about 80 positives and 160 negatives.
    assert.ok(Math.abs(guess.macroAuroc.estimate - 0.5) < 0.16);
    assert.ok(Math.abs(guess.balancedAccuracy.estimate - 1 / 3) < 0.1);
    const sure = scoreFolder([scoresOf(50, 1)], scoring);
    assert.ok(Math.abs(sure.macroAuroc.estimate - 1) < 1e-9);
    assert.equal(sure.balancedAccuracy.estimate, 1);
    assert.ok(Math.abs(sure.byLabel["Mass"]!.averagePrecision - 1) < 1e-9);
    assert.deepEqual(Object.keys(sure.byView), ["AP", "PA"]);
    assert.equal(sure.byView["AP"]!.films, 80);
  });

  it("compare methods on the same patients and seeds", () => {
    const baseline = [scoresOf(1, 1), scoresOf(1, 2)];
    const same = scoreFolder(baseline, { ...scoring, baseline });
    assert.deepEqual([same.aurocGain!.low, same.aurocGain!.high], [0, 0]);
    const better = scoreFolder([scoresOf(2, 1), scoresOf(2, 2)], { ...scoring, baseline });
    // Φ(1/√2) = 0.760 and Φ(2/√2) = 0.921: a normal lead over two normal noises.
    assert.ok(Math.abs(better.macroAuroc.estimate - 0.921) < 0.03);
    assert.ok(Math.abs(better.aurocGain!.estimate - 0.161) < 0.04);
    assert.ok(better.aurocGain!.low > 0);
  });

  it("have wider intervals where patients have several films than films alone would give", () => {
    const width = (patientOf: (at: number) => string) => {
      const own = films.map((film, at) => ({ ...film, patient: patientOf(at) }));
      const { macroAuroc } = scoreFolder([shared], { ...scoring, films: own });
      return macroAuroc.high - macroAuroc.low;
    };
    // A patient's films get the same score.
    const noisy = scoresOf(1, 3);
    const shared = noisy.map((_, at) => {
      const film = Math.floor(at / labels.length);
      return noisy[(film - (film % 3)) * labels.length + (at % labels.length)]!;
    });
    assert.ok(width((at) => films[at]!.patient) > 1.3 * width(String));
  });
});
