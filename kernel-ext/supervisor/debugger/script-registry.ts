import { fileURLToPath } from "node:url";
import { cellScriptMark, fileScriptMark, type ScriptOrigin } from "../../protocol/index.ts";
import { cellPath, type CellPaths } from "./cell-path.ts";
import type { LineColumn } from "./user-support.ts";

/**
 * What a script is to the user: a cell or a file of theirs, which they step through; a library, which they see but step over; or the
 * machinery of Node and the kernel, which is hidden.
 */
export type ScriptKind = "cell" | "file" | "library" | "hidden";

/** A place where V8 can stop; line and column are 0-based and of the compiled script. */
export interface BreakLocation {
  readonly lineNumber: number;
  readonly columnNumber: number;
  readonly place: LineColumn | null;
}

export interface Script {
  readonly id: string;
  readonly url: string;
  readonly kind: ScriptKind;
  /** Whether positions differ from those of its source. */
  readonly isCompiled: boolean;
  /** 0-based. */
  readonly lastLine: number;
  /** Path of the source, as far as it is known. */
  path: string | undefined;
  /** How a cell was called when it ran, and what it said. */
  label?: string;
  text?: string;
  locations?: readonly BreakLocation[];
  /** V8's ids of the breakpoints set in it. */
  breakpointIds: string[];
}

export interface ScriptParsed {
  readonly scriptId: string;
  readonly url: string;
  readonly endLine: number;
  readonly sourceMapURL?: string;
}

export interface ScriptRegistryOptions {
  readonly paths: CellPaths;
  /** File URLs of folders, ending with a slash. */
  readonly hiddenUrls: readonly string[];
  readonly libraryUrls: readonly string[];
  /** Where our own package and what it needs lie. */
  readonly ownUrls: readonly string[];
}

/** Runs of one cell that may still run code of theirs: breakpoints are set in this many of the newest. */
const runsPerCell = 20;

/** Every script that V8 told of, by id and by the path of its source. */
export class ScriptRegistry {
  readonly #options: ScriptRegistryOptions;
  readonly #scripts = new Map<string, Script>();
  readonly #cells: Script[] = [];

  constructor(options: ScriptRegistryOptions) {
    this.#options = options;
  }

  add({ scriptId, url, endLine, sourceMapURL }: ScriptParsed): Script {
    const isCell = sourceMapURL === cellScriptMark;
    const kind = isCell ? "cell" : this.#kindOf(url);
    const script: Script = {
      id: scriptId,
      url,
      kind,
      isCompiled: isCell || sourceMapURL === fileScriptMark,
      lastLine: endLine,
      path: isCell || !url.startsWith("file:") ? undefined : pathOf(url),
      breakpointIds: [],
    };
    this.#scripts.set(scriptId, script);
    if (isCell) this.#cells.push(script);
    return script;
  }

  get(scriptId: string): Script | undefined {
    return this.#scripts.get(scriptId);
  }

  /** Cells whose text is not known yet. */
  unknownCells(): Script[] {
    return this.#cells.filter(({ path }) => path === undefined);
  }

  /** Notes what a cell's script was made from. */
  identify(script: Script, origin: ScriptOrigin | null): void {
    if (origin?.kind !== "cell") return;
    script.path = cellPath(origin.source, this.#options.paths);
    script.label = origin.label;
    script.text = origin.source;
  }

  /** The scripts made from one source: every version of a file, the newest runs of a cell. */
  madeFrom(path: string): Script[] {
    return [...this.#scripts.values()].filter((script) => script.path === path).slice(-runsPerCell);
  }

  /** The newest cell. */
  newestCell(): Script | undefined {
    return this.#cells.at(-1);
  }

  /** Files of the user, and of libraries that are not ours. */
  files(): Script[] {
    const byPath = new Map<string, Script>();
    for (const script of this.#scripts.values()) {
      const { kind, path, url } = script;
      const isOwn = this.#options.ownUrls.some((folder) => url.startsWith(folder));
      const isListed = kind === "file" || (kind === "library" && !isOwn);
      if (path !== undefined && isListed) byPath.set(path, script);
    }
    return [...byPath.values()];
  }

  #kindOf(url: string): ScriptKind {
    if (!url.startsWith("file:")) return "hidden";
    const isBelow = (folder: string): boolean => url.startsWith(folder);
    if (this.#options.hiddenUrls.some(isBelow)) return "hidden";
    const isLibrary = url.includes("/node_modules/") || this.#options.libraryUrls.some(isBelow);
    return isLibrary ? "library" : "file";
  }
}

/** Patterns for V8 of what it must not step into. */
export function steppedOver({
  hiddenUrls,
  libraryUrls,
}: Pick<ScriptRegistryOptions, "hiddenUrls" | "libraryUrls">): string[] {
  const folders = [...hiddenUrls, ...libraryUrls].map(
    (folder) => `^${folder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`,
  );
  return ["^node:", "^counterlab:", "/node_modules/", ...folders];
}

/** Where a breakpoint on `line` of the source goes: the first place on it, or on the next line that has one. */
export function chooseLocation(
  locations: readonly BreakLocation[],
  line: number,
): BreakLocation | undefined {
  let best: BreakLocation | undefined;
  for (const location of locations) {
    if (location.place === null || location.place[0] < line) continue;
    if (best === undefined || isBefore(location.place, best.place!)) best = location;
  }
  return best;
}

function isBefore([line, column]: LineColumn, [otherLine, otherColumn]: LineColumn): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn);
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
}
