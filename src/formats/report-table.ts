import { parseCsv } from "./csv.ts";
import { FormatError } from "./format-error.ts";
import { textFromSections, type ReportRecord } from "./report-record.ts";

const TEXT_COLUMNS = [
  "text",
  "report_text",
  "report",
  "reports",
  "clinical_notes",
  "clinical notes",
  "body",
  "note",
  "content",
];
const SECTION_COLUMNS = ["indication", "comparison", "findings", "impression"];
const NAME_COLUMNS = [
  "report",
  "report_id",
  "id",
  "study_id",
  "note_id",
  "uid",
  "filename",
  "file",
  "name",
];

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads a CSV table of reports: a column `text` or `report`, or columns `findings` and `impression`; a
 * report's name from a column like `id`, `study_id` or `filename`, else the table's name and the row number.
 *
 * @throws FormatError when no column holds text.
 */
export function readReportCsv(name: string, content: Uint8Array | string): ReportRecord[] {
  const { rows } = parseCsv(content);
  return rows.map((row, index) => recordFrom(row, { format: "report csv", name, line: index + 1 }));
}

/**
 * Reads JSON lines, one report each, with the same names as the columns of a table.
 *
 * @throws FormatError naming the line that is not JSON or holds no text.
 */
export function readReportJsonLines(name: string, content: string): ReportRecord[] {
  const records: ReportRecord[] = [];
  content.split("\n").forEach((text, index) => {
    if (text.trim() === "") return;
    const line = index + 1;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (cause) {
      throw new FormatError("report jsonl", `line ${line} is not JSON`, {
        fix: 'Each line holds one report, as in {"report": "1", "text": "FINDINGS: ..."}.',
        cause,
      });
    }
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw new FormatError("report jsonl", `line ${line} is no object`, {
        fix: 'Each line holds one report, as in {"report": "1", "text": "FINDINGS: ..."}.',
      });
    }
    records.push(recordFrom(row as Row, { format: "report jsonl", name, line }));
  });
  return records;
}

function recordFrom(
  row: Row,
  { format, name, line }: { readonly format: string; readonly name: string; readonly line: number },
): ReportRecord {
  const keys = new Map(Object.keys(row).map((key) => [key.trim().toLowerCase(), key]));
  const valueOf = (column: string): string => {
    const value = row[keys.get(column) ?? ""];
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  };
  const sections = SECTION_COLUMNS.filter((column) => keys.has(column));
  const isSectioned = sections.includes("findings") || sections.includes("impression");
  const textColumn = isSectioned ? undefined : TEXT_COLUMNS.find((column) => keys.has(column));
  if (!isSectioned && textColumn === undefined) {
    throw new FormatError(
      format,
      `row ${line} has no text; its columns are ${[...keys.values()].join(", ")}`,
      {
        fix: 'Name the column of the reports "text", or give columns "findings" and "impression".',
      },
    );
  }
  const own = NAME_COLUMNS.filter((column) => column !== textColumn)
    .map(valueOf)
    .find((value) => value !== "");
  return {
    report: own?.replace(/\.(?:xml|txt|png|jpe?g|dcm)$/i, "") ?? `${name}-${line}`,
    text:
      textColumn === undefined
        ? textFromSections(sections.map((column) => [column, valueOf(column)]))
        : valueOf(textColumn),
    codes: [],
  };
}
