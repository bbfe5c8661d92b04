import { SourceMap, type SourceMapping, type SourceMapPayload } from "node:module";
import type { SourceMapJson } from "./strip-types.ts";

/** Where a position of compiled code lies in the cell that the user wrote (1-based). */
export interface CellPosition {
  /** How the cell is called in tracebacks, e.g. `Cell [3]`. */
  readonly label: string;
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

interface CellSource {
  readonly label: string;
  readonly source: string;
  readonly maps: () => readonly SourceMapJson[];
  sourceMaps?: readonly SourceMap[];
}

/** Every cell that ran, by the file name of its script. */
export class CellSources {
  readonly #cells = new Map<string, CellSource>();

  add(filename: string, cell: Omit<CellSource, "sourceMaps">): void {
    this.#cells.set(filename, cell);
  }

  has(filename: string): boolean {
    return this.#cells.has(filename);
  }

  /** What the user wrote, and how it is called. */
  find(filename: string): Pick<CellSource, "label" | "source"> | undefined {
    return this.#cells.get(filename);
  }

  /** Maps a 1-based position of compiled code; `undefined` for code that the compiler added. */
  locate(filename: string, line: number, column: number): CellPosition | undefined {
    const cell = this.#cells.get(filename);
    if (cell === undefined) return undefined;
    cell.sourceMaps ??= cell.maps().map((map) => new SourceMap(map as unknown as SourceMapPayload));
    let at = { line: line - 1, column: column - 1 };
    for (const [index, map] of cell.sourceMaps.entries()) {
      const entry = findOnLine(map, at);
      if (entry === undefined) return undefined;
      // The first step maps to a text that begins with an empty line of our own.
      at = { line: entry.originalLine - (index === 0 ? 1 : 0), column: entry.originalColumn };
      if (at.line < 0) return undefined;
    }
    const { label, source } = cell;
    return { label, source, line: at.line + 1, column: at.column + 1 };
  }
}

/** Text that we put before a statement, such as `return (`, is not mapped: what follows it on the line is meant. */
const longestInsertion = 16;

function findOnLine(
  map: SourceMap,
  { line, column }: { readonly line: number; readonly column: number },
): SourceMapping | undefined {
  for (let ahead = 0; ahead <= longestInsertion; ahead += 1) {
    const entry = map.findEntry(line, column + ahead);
    if ("originalLine" in entry && entry.generatedLine === line) return entry;
  }
  const nearest = map.findEntry(line, column);
  return "originalLine" in nearest ? nearest : undefined;
}
