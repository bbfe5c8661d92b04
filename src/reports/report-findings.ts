import type { FindingName } from "./finding-names.ts";

export const PRESENCES = ["positive", "negative", "uncertain"] as const;
export const SEVERITIES = ["mild", "moderate", "severe"] as const;
export const SIDES = ["left", "right", "bilateral"] as const;
export const ZONES = ["upper", "mid", "lower", "apical", "basal", "diffuse"] as const;

export type Presence = (typeof PRESENCES)[number];
export type Severity = (typeof SEVERITIES)[number];
/** The patient's side, as a radiologist writes it. */
export type ReportSide = (typeof SIDES)[number];
export type ReportZone = (typeof ZONES)[number];

/** What a report says about one finding on the present film. */
export interface ReportFinding {
  readonly name: FindingName;
  readonly presence: Presence;
  /** How likely the words make the finding, from 0 to 1. */
  readonly probability: number;
  /** What the words say; null where they leave it open. */
  readonly severity: Severity | null;
  readonly side: ReportSide | null;
  readonly zone: ReportZone | null;
  /** The words that say so, an exact substring of the report's text. */
  readonly evidence: string;
}

/** A report's findings; what it does not mention is left out. */
export interface ReportFindings {
  /** Which report: the file's name without its ending, or a table row's own name. */
  readonly report: string;
  readonly findings: readonly ReportFinding[];
}

/** One report to read. */
export interface ReportText {
  readonly report: string;
  readonly text: string;
}
