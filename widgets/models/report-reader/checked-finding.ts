import { WidgetInputError } from "../errors.ts";
import { presences, severities, sides, zones, type ReadFinding } from "./report-reader-protocol.ts";

/** Checks a finding at the door: known words, and evidence that the report contains. */
export function checkedFinding(
  finding: ReadFinding,
  { text, names }: { readonly text: string; readonly names: readonly string[] },
): ReadFinding {
  const { name, presence, probability, severity, side, zone, evidence } = finding;
  requireOne("name", name, names);
  requireOne("presence", presence, presences);
  if (severity !== null) requireOne("severity", severity, severities);
  if (side !== null) requireOne("side", side, sides);
  if (zone !== null) requireOne("zone", zone, zones);
  if (!text.includes(evidence)) {
    throw new WidgetInputError(
      `ReportReader: the report does not contain "${evidence}"; give the words as they stand in it.`,
    );
  }
  return { name, presence, probability, severity, side, zone, evidence };
}

function requireOne(what: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.includes(value as string)) return;
  throw new WidgetInputError(
    `ReportReader: ${what} is ${JSON.stringify(value)}; give one of ${allowed.join(", ")}.`,
  );
}
