import type { FindingName } from "./finding-names.ts";
import { SIDES, type ReportSide, type Severity } from "./report-findings.ts";
import type { GoldFindings } from "./score-findings.ts";

/** MeSH headings of the Open-i coding in our names. */
const FINDING_FROM_HEADING: Readonly<Record<string, FindingName>> = {
  "Pulmonary Atelectasis": "Atelectasis",
  Cardiomegaly: "Cardiomegaly",
  "Pleural Effusion": "Effusion",
  Infiltrate: "Infiltration",
  Mass: "Mass",
  Nodule: "Nodule",
  Pneumonia: "Pneumonia",
  Pneumothorax: "Pneumothorax",
  Consolidation: "Consolidation",
  "Pulmonary Edema": "Edema",
  Emphysema: "Emphysema",
  "Pulmonary Emphysema": "Emphysema",
  "Pulmonary Fibrosis": "Fibrosis",
  Fibrosis: "Fibrosis",
  Thickening: "Pleural_Thickening",
  "Hernia, Hiatal": "Hernia",
  "Hernia, Diaphragmatic": "Hernia",
  Pneumoperitoneum: "Pneumoperitoneum",
};

const SEVERITY_FROM_QUALIFIER: Readonly<Record<string, Severity>> = {
  mild: "mild",
  small: "mild",
  moderate: "moderate",
  severe: "severe",
  large: "severe",
};

/**
 * Severity and side of the Open-i coders' terms ("Pleural Effusion/left/small"): left and right codes of
 * one finding make both sides; a finding coded with two severities has none.
 */
export function goldFromCodes(codes: readonly string[]): Pick<GoldFindings, "severity" | "side"> {
  const severities = new Map<FindingName, Set<Severity>>();
  const sides = new Map<FindingName, Set<ReportSide>>();
  for (const code of codes) {
    const [heading, ...qualifiers] = code.split("/").map((part) => part.trim());
    const name = FINDING_FROM_HEADING[heading!];
    if (name === undefined) continue;
    for (const qualifier of qualifiers) {
      const severity = SEVERITY_FROM_QUALIFIER[qualifier];
      if (severity !== undefined) collect(severities, name, severity);
      const side = SIDES.find((each) => each === qualifier);
      if (side !== undefined) collect(sides, name, side);
    }
  }
  return {
    severity: new Map(
      [...severities].flatMap(([name, all]) => (all.size === 1 ? [[name, [...all][0]!]] : [])),
    ),
    side: new Map(
      [...sides].map(([name, all]) => [name, all.size > 1 ? "bilateral" : [...all][0]!]),
    ),
  };
}

function collect<T>(into: Map<FindingName, Set<T>>, name: FindingName, value: T): void {
  into.set(name, (into.get(name) ?? new Set()).add(value));
}
