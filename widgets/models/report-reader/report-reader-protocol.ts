// What the kernel side and the views of the report reader say to each other.

export const presences = ["positive", "negative", "uncertain"] as const;
export const severities = ["mild", "moderate", "severe"] as const;
export const sides = ["left", "right", "bilateral"] as const;
export const zones = ["upper", "mid", "lower", "apical", "basal", "diffuse"] as const;

/** One finding of a report, as `extractFindings` gives it. */
export interface ReadFinding {
  readonly name: string;
  readonly presence: (typeof presences)[number];
  /** How likely the words make the finding, from 0 to 1. */
  readonly probability: number;
  readonly severity: (typeof severities)[number] | null;
  /** The patient's side. */
  readonly side: (typeof sides)[number] | null;
  readonly zone: (typeof zones)[number] | null;
  /** The words that say so, an exact part of the report. */
  readonly evidence: string;
}

/** A finding with a name of its own, which stays when it is corrected. */
export interface ShownFinding extends ReadFinding {
  readonly id: number;
  readonly isCorrected: boolean;
}

/** Synced state, beside what every visible widget has. */
export interface ReportReaderState {
  readonly title: string;
  readonly text: string;
  readonly findings: readonly ShownFinding[];
  /** Names that a finding may have. */
  readonly names: readonly string[];
  readonly imageSizePx: number;
  /** 8-bit pixels of the film beside the report; null when there is none. */
  readonly film: Uint8Array | null;
  readonly imageCaption: string;
  readonly windowCenter: number;
  readonly windowWidth: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Why the last correction was not taken. */
  readonly fault: string;
}

/** What a reader may change of a finding. */
export type FindingPatch = Partial<Omit<ReadFinding, "probability">>;

/** View to kernel. */
export type ReportReaderRequest =
  | { readonly type: "correct"; readonly id: number; readonly patch: FindingPatch }
  | { readonly type: "add"; readonly name: string; readonly evidence: string }
  | { readonly type: "remove"; readonly id: number }
  | { readonly type: "undo" | "redo" };

/** A stretch of the report, and the findings whose evidence it belongs to. */
export interface ReportSegment {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Cuts the report where evidence begins and ends; evidence may overlap. */
export function reportSegments(
  text: string,
  findings: readonly Pick<ShownFinding, "id" | "evidence">[],
): ReportSegment[] {
  const spans = findings.flatMap(({ id, evidence }) => {
    const start = evidence === "" ? -1 : text.indexOf(evidence);
    return start < 0 ? [] : [{ id, start, end: start + evidence.length }];
  });
  const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])];
  cuts.sort((left, right) => left - right);
  return cuts.slice(0, -1).map((start, at) => {
    const end = cuts[at + 1]!;
    const over = spans.filter((span) => span.start <= start && span.end >= end);
    return { text: text.slice(start, end), ids: over.map(({ id }) => id) };
  });
}

/** "mild Effusion, left, lower zone": what a finding is and where. */
export function findingWords({
  name,
  severity,
  side,
  zone,
}: Pick<ReadFinding, "name" | "severity" | "side" | "zone">): string {
  const what = `${severity === null ? "" : `${severity} `}${name.replaceAll("_", " ")}`;
  const where = [side, zone === null ? null : zone === "diffuse" ? zone : `${zone} zone`];
  return [what, ...where.filter((part) => part !== null)].join(", ");
}

/** Signs that tell presence without colour. */
export const presenceSigns: Readonly<Record<ReadFinding["presence"], string>> = {
  positive: "+",
  negative: "−",
  uncertain: "?",
};

/** The whole widget in words, for readers who do not see it. */
export function reportReaderWords({ title, findings, film }: ReportReaderState): string {
  const of = (presence: ReadFinding["presence"]): string[] => {
    const some = findings.filter((finding) => finding.presence === presence).map(findingWords);
    return some.length === 0 ? [] : [`${presence}: ${some.join("; ")}`];
  };
  const listed = presences.flatMap(of);
  const corrected = findings.filter(({ isCorrected }) => isCorrected).length;
  return [
    `${title === "" ? "Report" : title} with ${findings.length} findings${film === null ? "" : " and its film"}.`,
    ...listed.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`),
    ...(corrected === 0 ? [] : [`${corrected} corrected by a reader.`]),
  ].join(" ");
}
