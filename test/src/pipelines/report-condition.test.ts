import assert from "node:assert/strict";
import { openPhantom, PATHOLOGY_TYPES } from "#src/data/index.ts";
import { reportedFilmCondition } from "#src/pipelines/film-conditions.ts";
import { reportCondition } from "#src/pipelines/report-condition.ts";
import { extractFindings } from "#src/reports/index.ts";

const phantom = {
  findings: ["Cardiomegaly", "Consolidation", "Effusion", "No Finding", "Nodule"],
  views: ["PA"],
  slots: 2,
};

const conditionOf = (text: string, vocabulary = phantom) =>
  reportCondition({ report: "1", text }, vocabulary);

describe("a report as a condition", () => {
  it("asks for the finding with its severity, side and zone", () => {
    assert.deepEqual(conditionOf("There is a small left apical nodule."), {
      condition: { findings: [{ name: "Nodule", severity: "mild", side: "left", zone: "upper" }] },
      notes: [],
    });
  });

  it("asks for as many findings as the model takes, the gravest of equally likely ones first, and tells the rest", () => {
    const text = "Small left pleural effusion. Large right lower lobe consolidation.";
    assert.deepEqual(conditionOf(text), {
      condition: {
        findings: [{ name: "Consolidation", severity: "severe", side: "right", zone: "lower" }],
      },
      notes: ["Effusion is left out: the model shows at most 1 on one film."],
    });
    const { condition, notes } = conditionOf(text, { ...phantom, slots: 4 });
    assert.deepEqual(
      condition?.findings.map(({ name }) => name),
      ["Consolidation", "Effusion"],
    );
    assert.deepEqual(notes, []);
  });

  it("lets a near relation stand in for a finding that the model does not know, and says so", () => {
    const { condition, notes } = conditionOf("Right lower lobe pneumonia.");
    assert.deepEqual(condition?.findings, [
      { name: "Consolidation", side: "right", zone: "lower" },
    ]);
    assert.deepEqual(notes, ["Pneumonia is shown as Consolidation, which the model knows."]);
    const text = "Consistent with pneumonia. Severe left consolidation.";
    assert.deepEqual(conditionOf(text).condition?.findings, [
      { name: "Consolidation", severity: "severe", side: "left" },
    ]);
    assert.deepEqual(conditionOf("Large hiatal hernia."), {
      notes: ["Hernia: the model was not trained on it."],
    });
  });

  it("takes a report that calls the film healthy for a healthy one, and not one that only denies or says nothing", () => {
    const healthy = { condition: { findings: [{ name: "No Finding" }] }, notes: [] };
    assert.deepEqual(conditionOf("The lungs are clear. No pleural effusion."), healthy);
    assert.deepEqual(conditionOf("Chest X-ray shows a normal study."), healthy);
    for (const text of [
      "Possible right effusion.",
      "Fever and cough for a week.",
      "The lungs are nearly normal.",
      "Fever for ten days. Normal examination.",
      "Crackles on both bases. No pleural effusion.",
      "Coarse patchy shadows of both lower zones. Normal chest wall.",
    ]) {
      assert.deepEqual(conditionOf(text), {
        notes: ["It affirms no finding that the rules know."],
      });
    }
  });

  it("asks for what the phantom's reports state", () => {
    const { test } = openPhantom({ imageSizePx: 16, testPerClass: 25 });
    const all = { findings: [...PATHOLOGY_TYPES], views: [], slots: 2 };
    const wrong = [...test.films.keys()].flatMap((film) => {
      const { text, findings } = test.report(film);
      const stated = findings.find(({ presence }) => presence === "positive");
      const isHealthy = test.films[film]!.labels[0] === "No Finding";
      const { condition } = conditionOf(text, all);
      const asked = condition?.findings[0];
      if (stated === undefined) {
        // A hedged finding is neither shown nor called healthy.
        return isHealthy === (asked?.name === "No Finding") ? [] : [text];
      }
      const told = (value: string) => (value === "unspecified" ? undefined : value);
      const agrees =
        asked?.name === stated.finding &&
        asked.side === told(stated.side) &&
        asked.severity === told(stated.severity);
      return agrees ? [] : [text];
    });
    assert.deepEqual(wrong, []);
  });

  it("tells severity and place of a training film's labels where its report does", () => {
    const film = { labels: ["Effusion", "Nodule"], attributes: { view: "PA", severity: "severe" } };
    const stated = (text: string) =>
      reportedFilmCondition(film, extractFindings({ report: "1", text }).findings);
    assert.deepEqual(
      stated("Small left pleural effusion. Possible nodule in the right upper lobe. Cardiomegaly."),
      {
        findings: [
          { name: "Effusion", severity: "mild", side: "left" },
          { name: "Nodule", side: "right", zone: "upper" },
        ],
        view: "PA",
      },
    );
    // A label that the report denies stays a label; nothing is taken from the table's words.
    assert.deepEqual(stated("No effusion."), {
      findings: [{ name: "Effusion" }, { name: "Nodule" }],
      view: "PA",
    });
  });
});
