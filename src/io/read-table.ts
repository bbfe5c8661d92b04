import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { parseCsv, type CsvTable } from "../formats/csv.ts";
import { decodeText } from "../formats/decode-text.ts";
import { FormatError } from "../formats/format-error.ts";
import { readParquet } from "../formats/parquet.ts";
import { InputError } from "./input-error.ts";

/** Whether a file is called as tables that can be read are. */
export function isTable(path: string): boolean {
  return /\.(csv|csv\.gz|tsv|parquet)$/i.test(path);
}

/**
 * Reads a table: CSV (also gzipped), Parquet, or a plain list of lines (.txt), which becomes a table with one column "line".
 *
 * @throws InputError when the file cannot be read as what its name says.
 */
export async function readTable(path: string): Promise<CsvTable> {
  try {
    const bytes = await readFile(path);
    if (/\.parquet$/i.test(path)) return await readParquet(bytes);
    if (/\.txt$/i.test(path)) return listTable(decodeText(bytes));
    return parseCsv(/\.gz$/i.test(path) ? await promisify(gunzip)(bytes) : bytes);
  } catch (cause) {
    if (cause instanceof FormatError) {
      const problem = cause.message.replace(cause.fix, "").trim();
      throw new InputError(`${path}: ${problem}`, cause.fix, cause);
    }
    if ((cause as NodeJS.ErrnoException).code?.startsWith("Z_") === true) {
      throw new InputError(`${path} is no whole gzip file.`, "Copy it again.", cause);
    }
    throw cause;
  }
}

function listTable(text: string): CsvTable {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return { columns: ["line"], rows: lines.filter((line) => line !== "").map((line) => ({ line })) };
}
