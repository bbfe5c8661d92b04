import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength, requireTable, type Table } from "../table.ts";

/** A ground-truth variable of films. */
export interface Factor {
  readonly name: string;
  /** Discrete values are whole numbers that stand for classes; continuous ones are measured. */
  readonly kind: "discrete" | "continuous";
  /** One a film. */
  readonly values: ArrayLike<number>;
}

/** Codes [N, D] of films with their factors. */
export interface CodedFilms {
  readonly codes: Table;
  readonly factors: readonly Factor[];
}

/** Films to fit predictors on, and others to test them on; of other patients where there are patients. */
export interface SplitFilms {
  readonly train: CodedFilms;
  readonly test: CodedFilms;
}

/** A score with the counts it rests on. */
export interface CodeScore {
  readonly value: number;
  readonly byFactor: Readonly<Record<string, number>>;
  readonly films: number;
  readonly codes: number;
}

/** Mean over factors, with each one's own score. */
export function meanOverFactors(
  { codes, factors }: CodedFilms,
  scores: readonly number[],
): CodeScore {
  return {
    value: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    byFactor: Object.fromEntries(factors.map(({ name }, k) => [name, scores[k]!])),
    films: codes.shape[0],
    codes: codes.shape[1],
  };
}

/** Throws unless every factor has one sound value a film and takes at least two. */
export function requireCodedFilms(metric: string, { codes, factors }: CodedFilms): void {
  requireTable(metric, "codes", codes, 2);
  if (factors.length === 0) {
    throw new MetricInputError(metric, "factors", "is empty; give 1 or more.");
  }
  for (const { name, kind, values } of factors) {
    requireEqualLength(metric, `factor ${name}`, values.length, codes.shape[0]);
    const list = Array.from(values);
    const isSound = kind === "discrete" ? Number.isInteger : Number.isFinite;
    const bad = list.find((value) => !isSound(value));
    if (bad !== undefined || new Set(list).size < 2) {
      throw new MetricInputError(
        metric,
        `factor ${name}`,
        bad === undefined
          ? `is ${list[0]} in every film; give films that differ in it.`
          : `holds ${bad}; a ${kind} factor wants ${kind === "discrete" ? "whole" : "finite"} numbers.`,
      );
    }
  }
}

/** Throws unless both parts are sound and have the same codes and factors. */
export function requireSplitFilms(metric: string, { train, test }: SplitFilms): void {
  requireCodedFilms(metric, train);
  requireCodedFilms(metric, test);
  const describe = ({ codes, factors }: CodedFilms) =>
    `${codes.shape[1]} codes and ${factors.map(({ name, kind }) => `${kind} ${name}`).join(", ")}`;
  if (describe(train) !== describe(test)) {
    throw new MetricInputError(
      metric,
      "test",
      `has ${describe(test)}, train ${describe(train)}; give the same.`,
    );
  }
}

/** Column of a table as numbers. */
export function columnOf({ data, shape }: Table, column: number): Float64Array {
  return Float64Array.from({ length: shape[0] }, (_, row) => data[row * shape[1] + column]!);
}

/** The distinct values of a list, ascending. */
export function distinct(values: ArrayLike<number>): number[] {
  return [...new Set(Array.from(values))].sort((a, b) => a - b);
}
