import { CONDITION_FIELDS, ConditionError, type Condition } from "./condition.ts";

/** The findings and views that a model knows; with `CONDITION_FIELDS`, its tokens. Part of a run's settings. */
export interface ConditionVocabulary {
  readonly findings: readonly string[];
  readonly views: readonly string[];
  /** How many findings one condition may hold. */
  readonly slots: number;
}

/** Every finding and view that occurs, in alphabetical order; as many slots as the film with most findings needs. */
export function conditionVocabulary(conditions: readonly Condition[]): ConditionVocabulary {
  const sorted = (names: readonly (string | undefined)[]) =>
    [...new Set(names.filter((name) => name !== undefined))].sort();
  return {
    findings: sorted(conditions.flatMap(({ findings }) => findings.map(({ name }) => name))),
    views: sorted(conditions.map(({ view }) => view)),
    slots: Math.max(1, ...conditions.map(({ findings }) => findings.length)) + 1,
  };
}

/** The tokens of a vocabulary, one a column of `conditionArray`. */
export function conditionTokens({ findings, views }: ConditionVocabulary): string[] {
  const fields = Object.entries(CONDITION_FIELDS).flatMap(([field, values]) =>
    values.map((value) => `${field}:${value}`),
  );
  return [
    ...findings.map((name) => `finding:${name}`),
    ...fields,
    ...views.map((name) => `view:${name}`),
  ];
}

/**
 * Writes conditions as an array of zeros and ones, shape [B, slots, tokens]: a row for each finding with the tokens of
 * finding, severity, side and zone, and a row for the view; unused rows are zero. An empty condition is all zeros.
 *
 * @throws ConditionError for names outside the vocabulary, or more findings than it has room for.
 */
export function conditionArray(
  conditions: readonly Condition[],
  vocabulary: ConditionVocabulary,
): Float32Array {
  const tokens = conditionTokens(vocabulary);
  const columns = new Map(tokens.map((token, column) => [token, column]));
  const { slots } = vocabulary;
  const array = new Float32Array(conditions.length * slots * tokens.length);
  conditions.forEach(({ findings, view }, index) => {
    if (findings.length > slots - 1) {
      throw new ConditionError(
        `A condition has ${findings.length} findings; this model takes ${slots - 1}.`,
        "Leave out the least important ones.",
      );
    }
    const mark = (slot: number, field: string, value: string | undefined) => {
      if (value === undefined) return;
      const column = columns.get(`${field}:${value}`);
      if (column === undefined) throw unknownValue(field, value, tokens);
      array[(index * slots + slot) * tokens.length + column] = 1;
    };
    findings.forEach(({ name, severity, side, zone }, slot) => {
      mark(slot, "finding", name);
      mark(slot, "severity", severity);
      mark(slot, "side", side);
      mark(slot, "zone", zone);
    });
    mark(slots - 1, "view", view);
  });
  return array;
}

function unknownValue(field: string, value: string, tokens: readonly string[]): ConditionError {
  const known = tokens.flatMap((token) =>
    token.startsWith(`${field}:`) ? [token.slice(field.length + 1)] : [],
  );
  return new ConditionError(
    `The model knows no ${field} "${value}".`,
    known.length === 0
      ? `It was trained without a ${field}: leave it out.`
      : `Choose one of: ${known.join(", ")}.`,
  );
}
