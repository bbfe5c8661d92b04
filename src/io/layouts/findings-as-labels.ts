import type { ReportFinding } from "../../reports/index.ts";

/** What a radiologist's finer words for a place are in a film's attributes; "diffuse" names none. */
const ZONES: Readonly<Record<string, string | undefined>> = {
  upper: "upper",
  apical: "upper",
  mid: "mid",
  lower: "lower",
  basal: "lower",
};

/**
 * A report's findings as a film's labels: positive ones; No Finding where none is positive or uncertain; nothing where some
 * are uncertain only. Severity, side and zone are kept of a single finding; of several, nobody could say whose they are.
 */
export function labelsFromFindings(findings: readonly ReportFinding[]): {
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
} {
  const positive = findings.filter(({ presence }) => presence === "positive");
  if (positive.length === 0) {
    const isOpen = findings.some(({ presence }) => presence === "uncertain");
    return { labels: isOpen ? [] : ["No Finding"], attributes: {} };
  }
  const labels = [...new Set(positive.map(({ name }) => name))];
  if (labels.length > 1) return { labels, attributes: {} };
  const { severity, side, zone } = positive[0]!;
  const place = zone === null ? undefined : ZONES[zone];
  return {
    labels,
    attributes: {
      ...(severity === null ? {} : { severity }),
      ...(side === null ? {} : { side }),
      ...(place === undefined ? {} : { zone: place }),
    },
  };
}
