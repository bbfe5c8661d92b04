import type { CellSources } from "./cell-sources.ts";

export interface StackTraceOptions {
  readonly sources: CellSources;
  /** Whether a script belongs to the kernel, so that its frames are of no use to the user. */
  readonly isKernelFile: (filename: string) => boolean;
  /** The place in a compiled file's source, where it is known. */
  readonly locateInFile?: (filename: string, place: FilePlace) => FilePlace | undefined;
}

/** 1-based. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** Makes a function for `Error.prepareStackTrace` that speaks of cells and leaves the kernel's frames out. */
export function createStackFormatter({
  sources,
  isKernelFile,
  locateInFile = () => undefined,
}: StackTraceOptions): (error: unknown, frames: readonly NodeJS.CallSite[]) => string {
  return (error, frames) => {
    const lines: string[] = [];
    // Engine frames between ours, such as `Generator.next`, are only worth showing below code of the user.
    let engineLines: string[] = [];
    for (const frame of frames) {
      const file = frame.getFileName() ?? frame.getEvalOrigin() ?? "";
      if (isKernelFile(file)) {
        engineLines = [];
      } else if (file === "" || file === "<anonymous>") {
        engineLines.push(`    at ${frameText(frame)}`);
      } else {
        const line = sources.has(file)
          ? cellFrame(frame, file, sources)
          : fileFrame(frame, locateInFile(file, placeOf(frame)));
        if (line === undefined) continue;
        lines.push(...engineLines, line);
        engineLines = [];
      }
    }
    return [headline(error), ...lines].join("\n");
  };
}

function placeOf(frame: NodeJS.CallSite): FilePlace {
  return { line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 };
}

function fileFrame(frame: NodeJS.CallSite, place: FilePlace | undefined): string {
  const text = `    at ${frameText(frame)}`;
  return place === undefined
    ? text
    : text.replace(/:\d+:\d+(\)?)$/, `:${place.line}:${place.column}$1`);
}

function cellFrame(frame: NodeJS.CallSite, file: string, sources: CellSources): string | undefined {
  const position = sources.locate(file, frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
  if (position === undefined) return undefined;
  const { label, line, column } = position;
  const place = `${label}:${line}:${column}`;
  const text = frameText(frame);
  const open = text.lastIndexOf(" (");
  return open > 0 ? `    at ${text.slice(0, open)} (${place})` : `    at ${place}`;
}

function frameText(frame: NodeJS.CallSite): string {
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- V8's call sites print themselves as Node does
  return String(frame);
}

function headline(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

/** The first place inside a cell that a formatted stack names. */
export function firstCellPlace(
  stack: string,
): { readonly label: string; readonly line: number; readonly column: number } | undefined {
  const match = /(?:\(|at )(Cell \[[^\]]*\]):(\d+):(\d+)\)?(?: \{)?$/m.exec(stack);
  if (match === null) return undefined;
  return { label: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}

/** Two lines around the one that failed, with a marker below the column. */
export function codeFrame(
  source: string,
  { line, column }: { readonly line: number; readonly column: number },
): string {
  const lines = source.split("\n");
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const marker = number === line ? ">" : " ";
    rows.push(`${marker} ${String(number).padStart(width)} | ${lines[number - 1]!}`.trimEnd());
    // A column beyond the line is one of what a magic became.
    const isInLine = column <= lines[number - 1]!.length + 1;
    if (number === line && isInLine)
      rows.push(`  ${" ".repeat(width)} | ${" ".repeat(column - 1)}^`);
  }
  return rows.join("\n");
}
