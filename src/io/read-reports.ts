import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import {
  decodeText,
  FormatError,
  readReportCsv,
  readReportJsonLines,
  readReportXml,
  type ReportRecord,
} from "../formats/index.ts";
import type { FilmProblem } from "./film-cache.ts";
import { InputError } from "./input-error.ts";
import { isArchive, readArchive } from "./read-archive.ts";

export interface ReadReportsOptions {
  /** Told of each broken file of a folder or archive; it is left out. */
  readonly onProblem?: (problem: FilmProblem) => void;
}

type ReportFormat = (name: string, bytes: Uint8Array) => readonly ReportRecord[];

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  xml: (name, bytes) => [readReportXml(name, decodeText(bytes))],
  txt: (name, bytes) => [{ report: name, text: decodeText(bytes), codes: [] }],
  csv: readReportCsv,
  tsv: readReportCsv,
  jsonl: (name, bytes) => readReportJsonLines(name, decodeText(bytes)),
  ndjson: (name, bytes) => readReportJsonLines(name, decodeText(bytes)),
};

const KINDS = "XML, .txt, .csv, .jsonl, a folder of these, or a .tgz of them";

/**
 * Reads the reports of a file (XML of the Open-i collection, text, CSV, JSON lines), of all such files in
 * a folder and the folders in it by name, or of a `.tgz`, one at a time in a fixed order.
 *
 * @throws InputError when there is nothing to read, FormatError when a file named by itself is broken.
 */
export async function* readReports(
  path: string,
  { onProblem = () => undefined }: ReadReportsOptions = {},
): AsyncGenerator<ReportRecord, void, void> {
  const isFolder = (await statInput(path)).isDirectory();
  if (!isFolder && !isArchive(path)) {
    const format = formatOf(path);
    if (format === undefined) {
      throw new InputError(`${path} is no file of reports.`, `Give ${KINDS}.`);
    }
    yield* format(stemOf(path), await readFile(path));
    return;
  }
  let files = 0;
  for await (const { file, bytes } of isFolder ? readFolder(path) : readArchive(path)) {
    const format = formatOf(file);
    if (format === undefined) continue;
    files++;
    let records: readonly ReportRecord[] = [];
    try {
      records = format(stemOf(file), await bytes());
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      onProblem({ file, reason: error.message });
    }
    yield* records;
  }
  if (files === 0) throw new InputError(`${path} holds no reports.`, `Give ${KINDS}.`);
}

interface FoundFile {
  readonly file: string;
  readonly bytes: () => Promise<Uint8Array>;
}

async function* readFolder(folder: string): AsyncGenerator<FoundFile, void, void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  for (const file of files) yield { file, bytes: () => readFile(join(folder, file)) };
}

/** Hidden files, such as the "._" doubles in archives made on a Mac, are no reports. */
function formatOf(file: string): ReportFormat | undefined {
  const name = basename(file);
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (name.startsWith(".") || !Object.hasOwn(FORMATS, extension)) return undefined;
  return FORMATS[extension];
}

function stemOf(file: string): string {
  return basename(file).replace(/\.[^.]+$/, "");
}

async function statInput(path: string): Promise<Awaited<ReturnType<typeof stat>>> {
  try {
    return await stat(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? String(cause)})`;
    throw new InputError(`${path} ${reason}.`, `Give ${KINDS}.`, cause);
  }
}
