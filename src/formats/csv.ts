import { parse } from "csv-parse/sync";
import { decodeText } from "./decode-text.ts";
import { FormatError } from "./format-error.ts";

/** A table as text: what a column means is the reader's business. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * Reads a CSV file with a header line: UTF-8 or, where that fails, Latin-1; with or without byte order
 * mark; separated by comma, semicolon or tab (whichever the header has most of); lines that begin with
 * "#" before the header are skipped. Short rows lack their last columns; long rows lose what has no column.
 *
 * @throws FormatError when there is no header or quotes do not match.
 */
export function parseCsv(content: Uint8Array | string): CsvTable {
  const text = typeof content === "string" ? content.replace(/^\uFEFF/, "") : decodeText(content);
  const headerStart = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(text)![0].length;
  const body = text.slice(headerStart);
  const headerLine = /^[^\r\n]*/.exec(body)![0];
  if (headerLine.trim() === "") {
    throw new FormatError("csv", "the file is empty", {
      fix: "Its first line must name the columns.",
    });
  }
  let records: string[][];
  try {
    records = parse(body, {
      delimiter: likeliestDelimiter(headerLine),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (cause) {
    throw new FormatError("csv", (cause as Error).message, {
      fix: 'Put values that contain quotes or line breaks in quotes, inner quotes doubled ("").',
      cause,
    });
  }
  const columns = distinctNames(records[0]!);
  const rows = records.slice(1).map((record) => {
    const row: Record<string, string> = {};
    for (let k = 0; k < Math.min(columns.length, record.length); k++) row[columns[k]!] = record[k]!;
    return row;
  });
  return { columns, rows };
}

function likeliestDelimiter(headerLine: string): string {
  const count = (delimiter: string) => headerLine.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

// Two columns of one name would overwrite each other: the second becomes "name (2)".
function distinctNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
