import assert from "node:assert/strict";
import { PATHOLOGY_TYPES, PLACEMENTS } from "#src/data/phantom/pathology.ts";
import { writeReport } from "#src/data/phantom/report.ts";
import { foldIn, key } from "#src/engine/random.ts";
import { extractFindings } from "#src/reports/index.ts";

// The phantom knows upper, mid and lower only.
const ZONE_IN_PHANTOM: Readonly<Record<string, string>> = { apical: "upper", basal: "lower" };

describe("the rule extractor on the phantom's reports", () => {
  it("reads every word that a report says, and nothing that it does not", () => {
    for (let draw = 0; draw < 1600; draw++) {
      const type = PATHOLOGY_TYPES[draw % PATHOLOGY_TYPES.length]!;
      const { sides, zones } = PLACEMENTS[type];
      const turn = Math.floor(draw / PATHOLOGY_TYPES.length);
      const report = writeReport(foldIn(key(11), draw), {
        type,
        side: sides[turn % sides.length]!,
        zone: zones[Math.floor(turn / 3) % zones.length]!,
        severity: ((draw * 37) % 100) / 100,
        lesionSeed: 1,
      });
      const { findings } = extractFindings({ report: "r", text: report.text });
      const said = (word: string) => (word === "unspecified" ? null : word);
      const seen = findings.map(({ name, presence, severity, side, zone }) => ({
        name,
        presence,
        severity,
        side,
        zone: zone === null ? null : (ZONE_IN_PHANTOM[zone] ?? zone),
      }));
      const truth = report.findings.map(({ finding, presence, severity, side, zone }) => ({
        name: finding,
        presence,
        severity: said(severity),
        side: said(side),
        zone: said(zone),
      }));
      for (const expected of truth) {
        const found = seen.find(({ name }) => name === expected.name);
        assert.deepEqual(found, expected, report.text);
      }
      const told = new Set<string>(truth.map(({ name }) => name));
      const extra = seen.filter(({ name, presence }) => presence === "positive" && !told.has(name));
      assert.deepEqual(extra, [], report.text);
    }
  });
});
