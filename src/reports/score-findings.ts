import { FINDING_NAMES, type FindingName } from "./finding-names.ts";
import type { ReportFindings, ReportSide, Severity } from "./report-findings.ts";

/** What coders say of one report; names, sides and severities as far as they gave them. */
export interface GoldFindings {
  readonly report: string;
  readonly positives: ReadonlySet<FindingName>;
  readonly severity: ReadonlyMap<FindingName, Severity>;
  readonly side: ReadonlyMap<FindingName, ReportSide>;
}

/** Agreement on one label over all reports. */
export interface LabelScore {
  readonly name: FindingName;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** 2·TP / (2·TP + FP + FN). */
  readonly f1: number;
}

/** How many of the coders' severities or sides were read alike, of findings that both have. */
export interface Agreement {
  readonly right: number;
  readonly of: number;
}

export interface FindingsScore {
  readonly reports: number;
  readonly labels: readonly LabelScore[];
  /** Mean F1 over labels with at least `leastPositives` gold positives; NaN where there is none. */
  readonly macroF1: number;
  readonly severity: Agreement;
  readonly side: Agreement;
}

/**
 * Compares findings with the coders' of the same reports; only `positive` counts as positive, reports
 * without gold are left out, and severity and side are compared where both have the finding.
 */
export function scoreFindings(
  results: Iterable<ReportFindings>,
  gold: ReadonlyMap<string, GoldFindings>,
  { leastPositives = 5 }: { readonly leastPositives?: number } = {},
): FindingsScore {
  const counts = new Map(FINDING_NAMES.map((name) => [name, { tp: 0, fp: 0, fn: 0 }]));
  const severity = { right: 0, of: 0 };
  const side = { right: 0, of: 0 };
  let reports = 0;
  for (const { report, findings } of results) {
    const truth = gold.get(report);
    if (truth === undefined) continue;
    reports++;
    for (const [name, count] of counts) {
      const found = findings.find((each) => each.name === name && each.presence === "positive");
      const isGold = truth.positives.has(name);
      if (found === undefined) {
        if (isGold) count.fn++;
        continue;
      }
      if (!isGold) {
        count.fp++;
        continue;
      }
      count.tp++;
      agree(severity, truth.severity.get(name), found.severity);
      agree(side, truth.side.get(name), found.side);
    }
  }
  const labels = [...counts].map(([name, { tp, fp, fn }]) => ({
    name,
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    f1: tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn),
  }));
  const counted = labels.filter(
    ({ truePositives, falseNegatives }) => truePositives + falseNegatives >= leastPositives,
  );
  const macroF1 = counted.reduce((sum, { f1 }) => sum + f1, 0) / counted.length;
  return { reports, labels, macroF1, severity, side };
}

function agree<T>(
  count: { right: number; of: number },
  gold: T | undefined,
  found: T | null,
): void {
  if (gold === undefined) return;
  count.of++;
  if (found === gold) count.right++;
}
