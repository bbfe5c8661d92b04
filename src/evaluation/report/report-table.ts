import { meanOf } from "../mean-of.ts";

/** A table as text, for Markdown and HTML alike. */
export interface ReportTable {
  readonly title: string;
  /** What the numbers rest on. */
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A number with so many digits; a dash where there is none. */
export function fixed(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

/** A mean with so many digits; a dash of nothing. */
export function fixedMean(values: readonly number[], digits = 3): string {
  return fixed(values.length === 0 ? undefined : meanOf(values), digits);
}
