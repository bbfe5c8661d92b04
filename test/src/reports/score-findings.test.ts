import assert from "node:assert/strict";
import {
  goldFromCodes,
  goldFromTable,
  scoreFindings,
  type FindingName,
  type ReportFinding,
} from "#src/reports/index.ts";

const found = (name: FindingName, rest: Partial<ReportFinding> = {}): ReportFinding => ({
  ...{ name, presence: "positive", probability: 1, severity: null, side: null, zone: null },
  evidence: "",
  ...rest,
});

describe("scoring findings", () => {
  it("counts only positive as positive, and compares severity and side where both have the finding", () => {
    const rows = [
      { filename: "CXR1", Effusion: "1", Edema: "0", normal: "0" },
      { filename: "2", Effusion: "1", Edema: "0", normal: "0" },
      { filename: "3", Effusion: "0", Edema: "1", normal: "0" },
    ];
    const codes = ["Pleural Effusion/left/small"];
    const reports = ["1", "2", "3", "4"].map((report) => ({ report, codes }));
    const gold = goldFromTable(rows, reports);
    assert.deepEqual([...gold.keys()], ["1", "2", "3"]);
    const results = [
      { report: "1", findings: [found("Effusion", { severity: "mild", side: "right" })] },
      { report: "2", findings: [found("Effusion", { presence: "uncertain" })] },
      { report: "3", findings: [found("Effusion"), found("Edema")] },
      { report: "4", findings: [found("Mass")] },
    ];
    const score = scoreFindings(results, gold, { leastPositives: 2 });
    const effusion = score.labels.find(({ name }) => name === "Effusion")!;
    // tp 1, fp 1, fn 1: F1 = 2 / (2 + 1 + 1).
    assert.equal(effusion.f1, 0.5);
    assert.equal(score.macroF1, 0.5);
    assert.equal(score.reports, 3);
    assert.deepEqual(score.severity, { right: 1, of: 1 });
    assert.deepEqual(score.side, { right: 0, of: 1 });
  });

  it("reads severity and side from the coders' terms, and none where they disagree", () => {
    const { severity, side } = goldFromCodes([
      "Pleural Effusion/left/small",
      "Pleural Effusion/right/large",
      "Cardiomegaly/moderate",
      "Nodule/lung/upper lobe/right",
      "Scoliosis/mild",
    ]);
    assert.deepEqual([...severity], [["Cardiomegaly", "moderate"]]);
    assert.deepEqual(
      [...side],
      [
        ["Effusion", "bilateral"],
        ["Nodule", "right"],
      ],
    );
  });
});
