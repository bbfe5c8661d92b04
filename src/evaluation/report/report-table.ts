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

/** The mean, of nothing where there is nothing. */
export function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
