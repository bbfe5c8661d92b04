// How well and how fast the rules read reports: macro-F1, a table of labels, severity, side, reports per second.
//   npx tsx bench/reports.ts [--in openi/reports.tgz] [--gold openi/gold_14_labels.csv] [--out docs/results/reports.json]
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { PATHOLOGY_TYPES, PLACEMENTS } from "#src/data/phantom/pathology.ts";
import { writeReport } from "#src/data/phantom/report.ts";
import { foldIn, key, permutation } from "#src/engine/index.ts";
import { parseCsv, type ReportRecord } from "#src/formats/index.ts";
import { readReports } from "#src/io/index.ts";
import {
  extractFindings,
  goldFromTable,
  scoreFindings,
  type FindingsScore,
  type GoldFindings,
  type ReportFindings,
} from "#src/reports/index.ts";

const data = process.env["COUNTERLAB_DATA"] ?? path.join("..", "shared", "data");
const { values: options } = parseArgs({
  options: {
    in: { type: "string", default: path.join(data, "openi", "reports.tgz") },
    gold: { type: "string", default: path.join(data, "openi", "gold_14_labels.csv") },
    out: { type: "string" },
  },
});

const records: ReportRecord[] = [];
const readStart = performance.now();
for await (const record of readReports(options.in)) records.push(record);
const readSeconds = (performance.now() - readStart) / 1000;

// Three rounds; the first warms the compiler up, the last is told beside it.
let results: ReportFindings[] = [];
const rounds = [1, 2, 3].map(() => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  results = records.map((record) => extractFindings(record));
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = (seconds: number) => Math.round(records.length / seconds);
  return { wall: perSecond(wallSeconds), cpu: perSecond((user + system) / 1e6) };
});

const { rows } = parseCsv(await readFile(options.gold));
const gold = goldFromTable(rows, records);
const all = scoreFindings(results, gold);

// The half of the identifiers that the rules were written on, and the half that was only measured on: drawn
// at random once, before the first rule was written.
const development = new Set(
  JSON.parse(
    await readFile(new URL("reports-development-half.json", import.meta.url), "utf8"),
  ) as string[],
);
const half = (isDevelopment: boolean): FindingsScore => {
  const chosen = new Map<string, GoldFindings>(
    [...gold].filter(([report]) => development.has(report) === isDevelopment),
  );
  return scoreFindings(results, chosen);
};

const percent = ({ right, of }: { readonly right: number; readonly of: number }) =>
  Number(((100 * right) / of).toFixed(1));
const summary = (score: FindingsScore) => ({
  reports: score.reports,
  macroF1: Number(score.macroF1.toFixed(4)),
  severityPercent: percent(score.severity),
  severityCompared: score.severity.of,
  sidePercent: percent(score.side),
  sideCompared: score.side.of,
});

const result = {
  command: "npx tsx bench/reports.ts --out docs/results/reports.json",
  machine: `${cpus().length} x ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}`,
  openI: {
    all: summary(all),
    developmentHalf: summary(half(true)),
    otherHalf: summary(half(false)),
    labels: all.labels
      .filter(({ truePositives, falseNegatives }) => truePositives + falseNegatives > 0)
      .map(({ f1, ...label }) => ({ ...label, f1: Number(f1.toFixed(3)) })),
  },
  phantom: phantomAgreement(4000),
  reportsPerSecond: { rounds, readingFilesSeconds: Number(readSeconds.toFixed(2)) },
};
console.log(JSON.stringify(result, null, 2));
if (options.out !== undefined) {
  await writeFile(options.out, `${JSON.stringify(result, null, 2)}\n`);
}

/** Of all the phantom's reports say: presence of each finding, and severity, side and zone of present ones. */
function phantomAgreement(count: number): Record<string, { right: number; of: number }> {
  const agreement: Record<string, { right: number; of: number }> = {};
  const note = (what: string, isRight: boolean) => {
    const entry = (agreement[what] ??= { right: 0, of: 0 });
    entry.of++;
    if (isRight) entry.right++;
  };
  const order = permutation(key(3), count);
  for (const draw of order) {
    const type = PATHOLOGY_TYPES[draw % PATHOLOGY_TYPES.length]!;
    const { sides, zones } = PLACEMENTS[type];
    const turn = Math.floor(draw / PATHOLOGY_TYPES.length);
    const { text, findings: truth } = writeReport(foldIn(key(5), draw), {
      type,
      side: sides[turn % sides.length]!,
      zone: zones[Math.floor(turn / 3) % zones.length]!,
      severity: ((draw * 37) % 100) / 100,
      lesionSeed: 1,
    });
    const { findings } = extractFindings({ report: "r", text });
    for (const said of truth) {
      const found = findings.find(({ name }) => name === said.finding);
      note("presence", found?.presence === said.presence);
      if (found === undefined || said.presence === "negative") continue;
      const known = (word: string) => (word === "unspecified" ? null : word);
      const zone =
        found.zone === "apical" ? "upper" : found.zone === "basal" ? "lower" : found.zone;
      note("severity", found.severity === known(said.severity));
      note("side", found.side === known(said.side));
      note("zone", zone === known(said.zone));
    }
  }
  return agreement;
}
