import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { CsvTable } from "./csv.ts";
import { FormatError } from "./format-error.ts";

/**
 * Reads a Parquet file as a table of texts, as a CSV file would hold them: true is 1 and false 0, lists are joined by "|",
 * times are written as in ISO 8601, nothing is the empty text.
 *
 * @throws FormatError for other bytes, cut files, and cells that hold records (pictures among them).
 */
export async function readParquet(bytes: Uint8Array): Promise<CsvTable> {
  const buffer = bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.length,
  ) as ArrayBuffer;
  const file = {
    byteLength: buffer.byteLength,
    slice: (start: number, end?: number) => buffer.slice(start, end),
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const objects = await parquetReadObjects({ file, metadata, compressors });
    const rows = objects.map((object) =>
      Object.fromEntries(columns.map((column) => [column, textOf(object[column], column)])),
    );
    return { columns, rows };
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError("parquet", (cause as Error).message.replace(/\.$/, ""), {
      fix: "Give a file written by pandas.DataFrame.to_parquet, or a CSV file.",
      cause,
    });
  }
}

function textOf(value: unknown, column: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => textOf(item, column)).join("|");
  throw new FormatError("parquet", `the column "${column}" holds records, not texts or numbers`, {
    fix: "Leave it out; films must lie in files of their own.",
  });
}
