import assert from "node:assert/strict";
import sharp from "sharp";
import { ReportReader, WidgetInputError, type ReportReaderOptions } from "#widgets/models/index.ts";
import { reportSegments } from "#widgets/models/report-reader/report-reader-protocol.ts";
import { fakeCommHost } from "../../../support/fake-comm-host.ts";
import { sampleFilm } from "../../../support/sample-films.ts";
import { sampleFindings, sampleReport } from "../../../support/sample-report.ts";

const options = (patch: Partial<ReportReaderOptions> = {}): ReportReaderOptions => ({
  ...{ commHost: undefined, displayHost: undefined },
  ...{ text: sampleReport, findings: sampleFindings },
  ...patch,
});

describe("ReportReader, kernel side", () => {
  it("shows what was read, with nothing corrected", () => {
    const reader = new ReportReader(options());
    assert.deepEqual(reader.findings, sampleFindings);
    assert.deepEqual(reader.corrections, []);
    assert.match(
      reader.picture().alt,
      /^Report with 4 findings\. Positive: Atelectasis, left, basal zone; moderate Effusion, left\. Negative: Pneumothorax\. Uncertain: Nodule, right, upper zone\.$/,
    );
  });

  it("takes corrections, tells them apart from what was read, and takes them back", () => {
    const reader = new ReportReader(options({ names: ["Mass"] }));
    const seen: number[] = [];
    reader.observe("findings", ({ value }) => void seen.push(value.length));
    const nodule = reader.findings.findIndex(({ name }) => name === "Nodule");
    reader.correct(nodule, { presence: "positive", severity: "mild" });
    reader.add({ name: "Mass", evidence: "right upper lobe", side: "right" });
    reader.remove(reader.findings.findIndex(({ name }) => name === "Pneumothorax"));
    assert.equal(reader.findings.length, 4);
    const kinds = reader.corrections.map(({ before, after }) =>
      before === undefined ? `+${after!.name}` : `${before.name} ${after?.presence ?? "removed"}`,
    );
    assert.deepEqual(kinds.toSorted(), ["+Mass", "Nodule positive", "Pneumothorax removed"]);
    reader.correct(nodule - 1, { presence: "positive" });
    for (let step = 0; step < 4; step++) reader.undo();
    assert.deepEqual(reader.corrections, []);
    assert.equal(reader.state.canUndo, false);
    reader.redo();
    assert.equal(reader.corrections.length, 1);
    assert.deepEqual(seen, [4, 5, 4, 5, 4, 4, 4]);
  });

  it("refuses words that the report does not contain, and tells the view", () => {
    const commHost = fakeCommHost();
    const reader = new ReportReader(options({ commHost }));
    reader.open();
    const ask = (content: object): void => {
      commHost.deliver(reader.modelId, { method: "custom", content });
    };
    ask({ type: "correct", id: 0, patch: { evidence: "cardiomegaly" } });
    assert.match(reader.state.fault, /does not contain "cardiomegaly"/);
    ask({ type: "correct", id: 0, patch: { severity: "huge" } });
    assert.match(reader.state.fault, /severity is "huge"; give one of mild, moderate, severe/);
    assert.deepEqual(reader.findings, sampleFindings);
    ask({ type: "correct", id: 0, patch: { severity: "severe" } });
    assert.equal(reader.state.fault, "");
    assert.equal(reader.findings[0]!.severity, "severe");
    assert.throws(() => {
      reader.correct(9, {});
    }, /no finding 9; give an index from 0 to 3/);
    assert.throws(
      () => new ReportReader(options({ film: { image: [0], imageSizePx: 4 } })),
      WidgetInputError,
    );
  });

  it("cuts the report where evidence begins and ends, overlaps included", () => {
    const segments = reportSegments("abcdef", [
      { id: 0, evidence: "bcd" },
      { id: 1, evidence: "de" },
      { id: 2, evidence: "xyz" },
    ]);
    assert.deepEqual(
      segments.map(({ text, ids }) => `${text}:${ids.join()}`),
      ["a:", "bc:0", "d:0,1", "e:1", "f:"],
    );
  });

  it("leaves a picture with the film, below the notebook's budget", async () => {
    const film = { image: sampleFilm(256, 0), imageSizePx: 256 };
    const reader = new ReportReader(options({ text: sampleReport.repeat(12), film }));
    assert.match(reader.picture().alt, /and its film/);
    const bundle = JSON.stringify(reader.mimeBundle());
    assert.ok(bundle.length < 200_000, `${bundle.length} bytes`);
    assert.equal((await sharp(reader.picture().png).metadata()).width, 760);
  });
});
