import {
  CONDITION_FIELDS,
  conditionVocabulary,
  type Condition,
  type ConditionFinding,
  type ConditionVocabulary,
} from "../conditioning/index.ts";
import type { Film } from "../data/index.ts";
import type { ReportFinding } from "../reports/index.ts";
import { conditionFinding } from "./prompt-condition.ts";

/**
 * What is known of a film as a condition. Severity, side and zone belong to the film's only finding; of a film with several
 * nobody knows whose they are, so they stand in a finding without a name.
 */
export function filmCondition({
  labels,
  attributes,
}: Pick<Film, "labels" | "attributes">): Condition {
  const fields = Object.entries(CONDITION_FIELDS).flatMap(([field, values]) => {
    const value = attributes[field];
    return (values as readonly string[]).includes(value ?? "") ? [[field, value] as const] : [];
  });
  const place = Object.fromEntries(fields) as Omit<ConditionFinding, "name">;
  const named = labels.map((name) => ({ name }));
  const findings =
    named.length === 1
      ? [{ ...named[0]!, ...place }]
      : [...named, ...(fields.length === 0 ? [] : [place])];
  const view = attributes["view"];
  return { findings, ...(view === undefined ? {} : { view }) };
}

/** What a model trained on these films can be asked for. */
export function filmVocabulary(
  films: readonly Pick<Film, "labels" | "attributes">[],
): ConditionVocabulary {
  return conditionVocabulary(films.map(filmCondition));
}

/**
 * What is known of a film as a condition when its report is read: the labels say which findings, the report says of each how
 * severe it is and where.
 *
 * @param stated What the report was read as.
 */
export function reportedFilmCondition(
  { labels, attributes }: Pick<Film, "labels" | "attributes">,
  stated: readonly ReportFinding[],
): Condition {
  const findings = labels.map((name): ConditionFinding => {
    const told = stated.find((finding) => finding.name === name && finding.presence !== "negative");
    return told === undefined ? { name } : conditionFinding(told);
  });
  const view = attributes["view"];
  return { findings, ...(view === undefined ? {} : { view }) };
}
