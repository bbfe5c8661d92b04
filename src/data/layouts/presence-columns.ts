import { ownLabelName } from "./label-names.ts";

/**
 * The labels of a row with one column a finding: 1 present, 0 absent, -1 uncertain, empty not mentioned (CheXpert).
 * Uncertain findings are no labels; where nothing is present and something uncertain, nothing is known.
 */
export function labelsFromPresence(
  row: Readonly<Record<string, string>>,
  columns: readonly string[],
): string[] {
  return columns
    .filter((column) => Number(row[column] ?? "") === 1 && row[column] !== "")
    .map(ownLabelName);
}

/** Whether a row calls any of its findings uncertain. */
export function hasUncertain(
  row: Readonly<Record<string, string>>,
  columns: readonly string[],
): boolean {
  return columns.some((column) => Number(row[column] ?? "") === -1);
}
