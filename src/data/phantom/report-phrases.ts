import type { PathologyType, SeverityBin, Side, Zone } from "./pathology.ts";

export type ReportableFinding = Exclude<PathologyType, "No Finding">;

/**
 * One way to name a finding. {severity}, {side} and {zone} are replaced by words; what a template
 * leaves out, the report does not say.
 */
export interface FindingPhrase {
  readonly phrase: string;
  /** Whether it takes "a" in the singular: an effusion, but pulmonary edema. */
  readonly counted: boolean;
  /** Form for both sides; null where there is none. Plural, so it takes no article. */
  readonly bilateral: string | null;
}

const counted = (phrase: string, bilateral: string | null): FindingPhrase => ({
  phrase,
  counted: true,
  bilateral,
});
const uncounted = (phrase: string, bilateral: string | null): FindingPhrase => ({
  phrase,
  counted: false,
  bilateral,
});

export const FINDING_PHRASES: Readonly<Record<ReportableFinding, readonly FindingPhrase[]>> = {
  Effusion: [
    counted("{severity} {side} pleural effusion", "{severity} bilateral pleural effusions"),
    uncounted(
      "{severity} {side} pleural fluid with blunting of the costophrenic angle",
      "{severity} bilateral pleural fluid with blunting of both costophrenic angles",
    ),
    counted("{side} pleural effusion", "bilateral pleural effusions"),
  ],
  Consolidation: [
    uncounted(
      "{severity} consolidation in the {side} {zone} lung zone",
      "{severity} consolidation in both {zone} lung zones",
    ),
    counted(
      "{severity} airspace opacity in the {side} {zone} lung",
      "{severity} bilateral {zone} lung airspace opacities",
    ),
    counted("{severity} {side} {zone} zone opacity", "{severity} bilateral {zone} zone opacities"),
    counted("{side} {zone} lung opacity", "bilateral {zone} lung opacities"),
  ],
  Cardiomegaly: [
    uncounted("{severity} cardiomegaly", null),
    uncounted("{severity} enlargement of the cardiac silhouette", null),
    uncounted("{severity} enlargement of the heart", null),
    uncounted("cardiomegaly", null),
  ],
  Edema: [
    uncounted("", "{severity} bilateral {zone} pulmonary edema"),
    uncounted("", "{severity} bilateral {zone} interstitial edema"),
    uncounted("", "{severity} vascular congestion with bilateral {zone} edema"),
    uncounted("", "bilateral {zone} pulmonary edema"),
  ],
  Nodule: [
    counted("{severity} nodule in the {side} {zone} lung zone", null),
    counted("{severity} {side} {zone} zone nodular opacity", null),
    counted("{severity} rounded lesion in the {side} {zone} lung", null),
    counted("{side} {zone} lung nodule", null),
  ],
  Pneumothorax: [
    counted("{severity} {side} {zone} pneumothorax", null),
    counted("{severity} pneumothorax at the {side} {zone} pleural space", null),
    counted("{side} pneumothorax", null),
  ],
  Pneumoperitoneum: [
    uncounted(
      "{severity} free air under the {side} hemidiaphragm",
      "{severity} free air under both hemidiaphragms",
    ),
    uncounted(
      "{severity} {side} subdiaphragmatic free air",
      "{severity} bilateral subdiaphragmatic free air",
    ),
    uncounted("pneumoperitoneum", "pneumoperitoneum"),
  ],
};

/** Words for a severity bin, each used in front of the finding's name. */
export const SEVERITY_WORDS: Readonly<
  Record<ReportableFinding, Readonly<Record<Exclude<SeverityBin, "none">, readonly string[]>>>
> = {
  Effusion: {
    mild: ["small", "trace", "minimal"],
    moderate: ["moderate", "moderate-sized"],
    severe: ["large", "massive"],
  },
  Consolidation: {
    mild: ["mild", "subtle", "faint"],
    moderate: ["moderate", "patchy moderate"],
    severe: ["severe", "dense extensive", "marked"],
  },
  Cardiomegaly: {
    mild: ["mild", "slight", "borderline to mild"],
    moderate: ["moderate"],
    severe: ["severe", "marked", "massive"],
  },
  Edema: {
    mild: ["mild", "minimal", "slight"],
    moderate: ["moderate"],
    severe: ["severe", "marked"],
  },
  Nodule: {
    mild: ["small", "tiny"],
    moderate: ["moderate-sized", "medium-sized"],
    severe: ["large", "very large"],
  },
  Pneumothorax: {
    mild: ["small", "tiny", "trace"],
    moderate: ["moderate", "moderate-sized"],
    severe: ["large", "massive"],
  },
  Pneumoperitoneum: {
    mild: ["minimal", "trace"],
    moderate: ["moderate"],
    severe: ["extensive", "massive"],
  },
};

export const ZONE_WORDS: Readonly<
  Record<ReportableFinding, Readonly<Partial<Record<Zone, readonly string[]>>>>
> = {
  Effusion: {},
  Consolidation: { upper: ["upper"], mid: ["mid", "middle"], lower: ["lower"] },
  Cardiomegaly: {},
  Edema: { mid: ["perihilar", "central"], lower: ["basal", "basilar"] },
  Nodule: { upper: ["upper"], mid: ["mid", "middle"], lower: ["lower"] },
  Pneumothorax: { upper: ["apical"], lower: ["basal", "basilar"] },
  Pneumoperitoneum: {},
};

const LEFT_RIGHT = { left: ["left"], right: ["right"] };
const LEFT_RIGHT_SIDED = { left: ["left", "left-sided"], right: ["right", "right-sided"] };

export const SIDE_WORDS: Readonly<
  Record<ReportableFinding, Readonly<Partial<Record<Side, readonly string[]>>>>
> = {
  Effusion: LEFT_RIGHT_SIDED,
  Consolidation: LEFT_RIGHT,
  Cardiomegaly: {},
  Edema: {},
  Nodule: LEFT_RIGHT,
  Pneumothorax: LEFT_RIGHT_SIDED,
  Pneumoperitoneum: LEFT_RIGHT,
};

/** Hedges; {finding} stands for the described finding, {a finding} for it with its article. */
export const HEDGES: readonly string[] = [
  "Possible {finding}.",
  "Findings may represent {a finding}.",
  "{A finding} cannot be excluded.",
  "Questionable {finding}.",
];

/** Earlier findings that are gone: their size and side are the past's. */
export const RESOLVED: readonly {
  readonly finding: ReportableFinding;
  readonly sentence: string;
}[] = [
  {
    finding: "Effusion",
    sentence: "The previously seen small left pleural effusion has resolved.",
  },
  { finding: "Effusion", sentence: "Interval resolution of the large right pleural effusion." },
  {
    finding: "Consolidation",
    sentence: "The right lower lobe consolidation on the prior study is no longer seen.",
  },
  { finding: "Edema", sentence: "Previously noted moderate pulmonary edema has cleared." },
  {
    finding: "Pneumothorax",
    sentence: "The small right apical pneumothorax has resolved since the prior examination.",
  },
  {
    finding: "Pneumoperitoneum",
    sentence: "Postoperative free air under the right hemidiaphragm is no longer present.",
  },
];

export const NEGATIONS: readonly {
  readonly denies: readonly ReportableFinding[];
  readonly sentence: string;
}[] = [
  { denies: ["Effusion", "Pneumothorax"], sentence: "No pleural effusion or pneumothorax." },
  { denies: ["Pneumothorax"], sentence: "There is no evidence of pneumothorax." },
  {
    denies: ["Consolidation", "Effusion", "Pneumothorax"],
    sentence: "No focal consolidation, pleural effusion or pneumothorax is identified.",
  },
  { denies: ["Consolidation"], sentence: "The lungs are clear of focal airspace disease." },
  { denies: ["Edema"], sentence: "No pulmonary edema." },
  { denies: ["Nodule"], sentence: "No suspicious pulmonary nodule or mass." },
  { denies: ["Effusion"], sentence: "The costophrenic angles are sharp." },
  { denies: ["Cardiomegaly"], sentence: "The heart is not enlarged." },
  { denies: ["Cardiomegaly"], sentence: "Heart size is within normal limits." },
  { denies: ["Pneumoperitoneum"], sentence: "No free air is seen beneath the diaphragm." },
  { denies: ["Consolidation", "Edema"], sentence: "Negative for consolidation or edema." },
];

/** Sentences about what no finding of the phantom concerns. */
export const NEUTRAL_SENTENCES: readonly string[] = [
  "The osseous structures are intact.",
  "No acute bony abnormality.",
  "The trachea is midline.",
  "Degenerative changes of the thoracic spine.",
  "The upper abdomen is unremarkable.",
  "Pulmonary vascularity is within normal limits.",
];

export const NORMAL_IMPRESSIONS: readonly string[] = [
  "No acute cardiopulmonary abnormality.",
  "No acute disease.",
  "Normal chest radiograph.",
  "No radiographic evidence of acute cardiopulmonary process.",
];

export const OPENINGS: readonly string[] = [
  "Single PA view of the chest.",
  "Frontal view of the chest is compared with the prior study.",
  "",
  "",
];
