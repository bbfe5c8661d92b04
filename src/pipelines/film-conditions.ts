import {
  CONDITION_FIELDS,
  conditionVocabulary,
  type Condition,
  type ConditionFinding,
  type ConditionVocabulary,
} from "../conditioning/index.ts";
import type { Film } from "../data/index.ts";

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
