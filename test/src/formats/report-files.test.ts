import assert from "node:assert/strict";
import {
  FormatError,
  readReportCsv,
  readReportJsonLines,
  readReportXml,
} from "#src/formats/index.ts";

const XML = `<?xml version="1.0" encoding="utf-8"?>
<eCitation><meta type="rr"/><MedlineCitation><Abstract>
  <AbstractText Label="INDICATION">Cough &amp; fever</AbstractText>
  <AbstractText Label="FINDINGS">Heart &lt; 50 % of the chest.</AbstractText>
  <AbstractText Label="IMPRESSION"/>
</Abstract></MedlineCitation>
<MeSH><major>Pleural Effusion/left/small</major><major> Cardiomegaly </major></MeSH></eCitation>`;

describe("report files", () => {
  it("XML gives its sections under their headings, entities read, and the coders' terms", () => {
    assert.deepEqual(readReportXml("7", XML), {
      report: "7",
      text: "INDICATION: Cough & fever\n\nFINDINGS: Heart < 50 % of the chest.",
      codes: ["Pleural Effusion/left/small", "Cardiomegaly"],
    });
  });

  it("XML that is cut off, or is no report, is refused with the way out", () => {
    assert.throws(() => readReportXml("7", XML.slice(0, -40)), /never closed.*cut off/);
    assert.throws(
      () => readReportXml("7", "<a><b>text</b></a>"),
      /no labelled section.*AbstractText/,
    );
    assert.throws(() => readReportXml("7", "plain text"), FormatError);
  });

  it("a table has a text column or columns of sections, and names from an id column or the row", () => {
    assert.deepEqual(readReportCsv("t", 'id,text\n5,"No effusion, no edema."\n'), [
      { report: "5", text: "No effusion, no edema.", codes: [] },
    ]);
    assert.deepEqual(readReportCsv("t", "Findings,Impression,filename\nClear.,Normal.,a.png\n"), [
      { report: "a", text: "FINDINGS: Clear.\n\nIMPRESSION: Normal.", codes: [] },
    ]);
    assert.deepEqual(readReportCsv("t", "report\nClear.\nEdema.\n"), [
      { report: "t-1", text: "Clear.", codes: [] },
      { report: "t-2", text: "Edema.", codes: [] },
    ]);
    assert.deepEqual(
      readReportCsv("t", "report,text\na,Clear.\n").map(({ report, text }) => [report, text]),
      [["a", "Clear."]],
    );
    assert.throws(
      () => readReportCsv("t", "a,b\n1,2\n"),
      /row 1 has no text; its columns are a, b/,
    );
  });

  it("JSON lines are read alike, and a line that is broken is named", () => {
    assert.deepEqual(
      readReportJsonLines("t", '{"id": 3, "text": "Clear."}\n\n{"findings": "Edema."}\r\n'),
      [
        { report: "3", text: "Clear.", codes: [] },
        { report: "t-3", text: "FINDINGS: Edema.", codes: [] },
      ],
    );
    assert.throws(() => readReportJsonLines("t", '{"text": "a"}\n{"text"'), /line 2 is not JSON/);
    assert.throws(() => readReportJsonLines("t", "[1]"), /line 1 is no object/);
  });
});
