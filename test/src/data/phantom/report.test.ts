import assert from "node:assert/strict";
import { drawPathology, PATHOLOGY_TYPES, severityBin } from "#src/data/phantom/pathology.ts";
import { writeReport } from "#src/data/phantom/report.ts";
import { foldIn, key } from "#src/engine/random.ts";

const samples = PATHOLOGY_TYPES.flatMap((type) =>
  Array.from({ length: 60 }, (_, k) => {
    const stream = foldIn(foldIn(key(2), type), k);
    const pathology = drawPathology(stream, type);
    return { pathology, report: writeReport(stream, pathology) };
  }),
);

describe("phantom reports", () => {
  it("say what the film shows, and only as much as their words say", () => {
    for (const { pathology, report } of samples) {
      const present = report.findings.filter(({ presence }) => presence !== "negative");
      assert.deepEqual(
        present.map(({ finding }) => finding),
        pathology.type === "No Finding" ? [] : [pathology.type],
      );
      for (const said of present) {
        if (said.severity !== "unspecified") assert.equal(said.severity, severityBin(pathology));
        if (said.side !== "unspecified") assert.equal(said.side, pathology.side);
        if (said.zone !== "unspecified") assert.equal(said.zone, pathology.zone);
      }
    }
  });

  it("quote their evidence", () => {
    for (const { report } of samples) {
      for (const { evidence } of report.findings) assert.ok(report.text.includes(evidence));
    }
  });

  it("deny, hedge and compare in a good share of films", () => {
    const share = (pattern: RegExp) =>
      samples.filter(({ report }) => pattern.test(report.text)).length / samples.length;
    assert.ok(share(/\bno\b|negative for/i) > 0.5);
    assert.ok(share(/possible|questionable|excluded|may represent/i) > 0.05);
    assert.ok(share(/previously|prior|resolved|no longer/i) > 0.3);
  });

  it("never say one finding twice, and leave no template marks", () => {
    for (const { report } of samples) {
      const names = report.findings.map(({ finding }) => finding);
      assert.equal(new Set(names).size, names.length);
      assert.doesNotMatch(report.text, /[{}]| {2}|undefined| \.|\b(a|an) (a|an)\b/);
    }
  });
});
