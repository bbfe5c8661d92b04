/** What a generated film is to show: the causes of the pathology code. An empty condition asks for anything. */
export interface Condition {
  readonly findings: readonly ConditionFinding[];
  readonly view?: string;
}

/** One finding; what is left out may be anything. */
export interface ConditionFinding {
  /** A name of the vocabulary, such as "Effusion" or "No Finding"; left out where only its place or severity is known. */
  readonly name?: string;
  readonly severity?: string;
  /** The patient's side. */
  readonly side?: string;
  readonly zone?: string;
}

/** The values that severity, side and zone have in a condition; others mean nothing to the model. */
export const CONDITION_FIELDS = {
  severity: ["mild", "moderate", "severe"],
  side: ["left", "right", "bilateral"],
  zone: ["upper", "mid", "lower"],
} as const;

/** Asked for a condition that the model has never met. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
  readonly fix: string;
  constructor(problem: string, fix: string) {
    super(`${problem} ${fix}`);
    this.fix = fix;
  }
}
