import type { Condition, ConditionFinding, ConditionVocabulary } from "../conditioning/index.ts";
import { promptCondition } from "../pipelines/index.ts";
import { UsageError } from "./usage.ts";

const FIELDS = ["finding", "side", "zone", "severity"] as const;
const GRADES = ["mild", "moderate", "severe"] as const;

/**
 * Reads what is to be done, as in "finding=Nodule,side=left,severity=0.6": a severity from 0 to 1 counts by thirds. What is said
 * without a finding changes the film's own.
 *
 * @throws UsageError for text of another form; ConditionError for findings, sides or zones that the model does not know.
 */
export function readIntervention(
  text: string,
  {
    observed,
    vocabulary,
  }: { readonly observed: Condition; readonly vocabulary: ConditionVocabulary },
): Condition {
  const said = new Map(text.split(",").map((part) => readAssignment(part, text)));
  const fields = Object.fromEntries(
    [...said].flatMap(([field, value]) => {
      if (field === "finding") return [];
      return [[field, field === "severity" ? severityWord(value) : value] as const];
    }),
  );
  const name = said.get("finding");
  const view = observed.view === undefined ? {} : { view: observed.view };
  if (name !== undefined) {
    const prompted = promptCondition(name === "none" ? "No Finding" : name, vocabulary).findings;
    return { findings: withFields(prompted, fields, text), ...view };
  }
  return { findings: withFields(observed.findings, fields, text), ...view };
}

function withFields(
  findings: readonly ConditionFinding[],
  fields: Partial<ConditionFinding>,
  text: string,
): readonly ConditionFinding[] {
  if (Object.keys(fields).length === 0) return findings;
  const [only, ...others] = findings;
  if (only === undefined || others.length > 0 || only.name === "No Finding") {
    throw new UsageError(
      `--do ${text} changes side, zone or severity, but ${only?.name === "No Finding" ? "a healthy film has none" : "not of which finding"}. Add for example finding=Nodule.`,
    );
  }
  return [{ ...only, ...fields }];
}

function readAssignment(part: string, text: string): readonly [string, string] {
  const [field, value, ...rest] = part.split("=").map((word) => word.trim());
  if (value === undefined || value === "" || rest.length > 0 || !isField(field)) {
    throw new UsageError(
      `--do ${text}: "${part}" is not one of ${FIELDS.map((name) => `${name}=...`).join(", ")}. Give for example finding=Nodule,side=left,severity=0.6.`,
    );
  }
  return [field, value];
}

function isField(text: string | undefined): text is (typeof FIELDS)[number] {
  return (FIELDS as readonly (string | undefined)[]).includes(text);
}

function severityWord(text: string): string {
  const value = Number(text);
  if (Number.isNaN(value)) return text;
  if (!(value >= 0 && value <= 1)) {
    throw new UsageError(
      `severity=${text} is neither a number from 0 to 1 nor ${GRADES.join(", ")}. Give one of these.`,
    );
  }
  return GRADES[Math.min(2, Math.floor(3 * value))]!;
}
