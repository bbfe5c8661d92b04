import { findingNameFrom, type FindingName } from "./finding-names.ts";
import { goldFromCodes } from "./mesh-gold.ts";
import type { GoldFindings } from "./score-findings.ts";

type Row = Readonly<Record<string, string>>;

/**
 * The coders' findings of each report that a label table has a row for: columns named by NIH's or
 * CheXpert's labels, 1 meaning positive; the first column names the report, with or without the "CXR" of
 * Open-i's identifiers. Severity and side come from the report's own MeSH codes, where it has them.
 */
export function goldFromTable(
  rows: readonly Row[],
  reports: Iterable<{ readonly report: string; readonly codes: readonly string[] }>,
): Map<string, GoldFindings> {
  const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
  const gold = new Map<string, GoldFindings>();
  for (const { report, codes } of reports) {
    const row = rowOf.get(bare(report));
    const positives = row === undefined ? undefined : positivesFromRow(row);
    if (positives !== undefined) gold.set(report, { report, positives, ...goldFromCodes(codes) });
  }
  return gold;
}

function nameOf(row: Row): string {
  return bare(Object.values(row)[0] ?? "");
}

function bare(report: string): string {
  return report.replace(/^CXR(?=\d)/, "");
}

function positivesFromRow(
  row: Readonly<Record<string, string>>,
): ReadonlySet<FindingName> | undefined {
  const labelled = Object.entries(row).flatMap(([column, value]) => {
    const name = findingNameFrom(column);
    return name === null ? [] : [[name, Number(value) === 1] as const];
  });
  if (labelled.length === 0) return undefined;
  return new Set(labelled.filter(([, isPositive]) => isPositive).map(([name]) => name));
}
