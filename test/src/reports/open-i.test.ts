import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseCsv } from "#src/formats/index.ts";
import { readReports } from "#src/io/index.ts";
import {
  extractFindings,
  goldFromTable,
  scoreFindings,
  type ReportFindings,
} from "#src/reports/index.ts";

const DATA =
  process.env["COUNTERLAB_DATA"] ??
  fileURLToPath(new URL("../../../../shared/data", import.meta.url));

// Real reports, never part of the repository (CC BY-NC-ND 4.0); bench/reports.ts prints every figure.
describe("the rule extractor on the Open-i reports", () => {
  it("agrees with the coders, and quotes the report", async function () {
    if (!existsSync(`${DATA}/openi/reports.tgz`)) return this.skip();
    this.timeout(60_000);
    const records: { report: string; codes: readonly string[] }[] = [];
    const results: ReportFindings[] = [];
    for await (const { report, text, codes } of readReports(`${DATA}/openi/reports.tgz`)) {
      records.push({ report, codes });
      const result = extractFindings({ report, text });
      results.push(result);
      for (const { evidence } of result.findings) assert.ok(text.includes(evidence), report);
    }
    const { rows } = parseCsv(await readFile(`${DATA}/openi/gold_14_labels.csv`));
    const score = scoreFindings(results, goldFromTable(rows, records));
    assert.ok(score.macroF1 >= 0.9, `macro-F1 ${score.macroF1}`);
    assert.ok(score.severity.right / score.severity.of >= 0.96, JSON.stringify(score.severity));
    assert.ok(score.side.right / score.side.of >= 0.95, JSON.stringify(score.side));
  });
});
