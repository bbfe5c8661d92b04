import { fileURLToPath } from "node:url";
import type { CellSources, FilePlace } from "../cells/index.ts";
import { mimeBundle, type MimeBundle } from "../display/index.ts";
import { debugSupportKey, type DebugVariable, type ScriptOrigin } from "../protocol/index.ts";
import { longText, VariableTree, type ChildrenRange, type NamedValue } from "./variable-tree.ts";

export interface DebugSupportOptions {
  readonly sources: CellSources;
  /** The place in a compiled file's source, where it is known. */
  readonly locateInFile: (url: string, place: FilePlace) => FilePlace | undefined;
  /** The notebook's names, and the global properties that hold them. */
  readonly declared: ReadonlyMap<string, string>;
  /** Makes a name one of the notebook's; returns the global property that holds it. */
  readonly declare: (name: string) => string;
  /** Names that every cell is given, and that are no variables of the user. */
  readonly hiddenNames: ReadonlySet<string>;
  /** Sends the output that waits. */
  readonly flush: () => void;
}

/** 1-based line and column. */
export type LineColumn = readonly [line: number, column: number];

/**
 * What the debugger calls in the user process, through V8's inspector, between two statements of the user or while these stand still:
 * nothing here may depend on the state of what it interrupts, except where it says so.
 */
export class DebugSupport {
  readonly #options: DebugSupportOptions;
  readonly #tree = new VariableTree();
  /** Cells that are modules, by URL. */
  readonly #modules = new Map<string, ScriptOrigin>();

  constructor(options: DebugSupportOptions) {
    this.#options = options;
  }

  /** @param url Without a version. */
  defineModule(url: string, cell: { readonly label: string; readonly source: string }): void {
    this.#modules.set(url, { kind: "cell", ...cell });
  }

  /** What scripts were made from. */
  origins(urls: readonly string[]): (ScriptOrigin | null)[] {
    return urls.map((url) => {
      const cell = this.#options.sources.find(pathOf(url));
      if (cell !== undefined) return { kind: "cell", label: cell.label, source: cell.source };
      const module = this.#modules.get(url.replace(/\?.*$/, ""));
      if (module !== undefined) return module;
      return url.startsWith("file:") ? { kind: "file", path: pathOf(url) } : null;
    });
  }

  /** Where positions of a compiled script lie in its source; null for code that the compiler added. */
  locate(url: string, places: readonly LineColumn[]): (LineColumn | null)[] {
    const { sources, locateInFile } = this.#options;
    const filename = pathOf(url);
    return places.map(([line, column]) => {
      const place = sources.has(filename)
        ? sources.locate(filename, line, column)
        : locateInFile(url, { line, column });
      return place === undefined ? null : [place.line, place.column];
    });
  }

  /** The notebook's variables. */
  globals(): DebugVariable[] {
    return this.#tree.variables(this.#variables());
  }

  children(reference: number, range: ChildrenRange): DebugVariable[] {
    return this.#tree.children(reference, range);
  }

  /**
   * Keeps the variables of V8's scope objects, the innermost first, for `children`; 0 when they hold none. Only while the code stands still.
   */
  keepScopes(
    extra: object | undefined,
    withGlobals: boolean,
    ...scopes: readonly object[]
  ): number {
    const named = new Map<string, unknown>(Object.entries(extra ?? {}));
    for (const scope of scopes) {
      for (const [name, value] of variablesOf(scope)) {
        if (!named.has(name) && !this.#isHidden(name)) named.set(name, value);
      }
    }
    if (withGlobals) {
      for (const [name, value] of this.#variables()) if (!named.has(name)) named.set(name, value);
    }
    const entries: NamedValue[] = [...named];
    return entries.length === 0 ? 0 : this.#tree.keepList(entries);
  }

  /** The code runs on: scopes are no more. */
  forgetScopes(): void {
    this.#tree.forgetLists();
  }

  /** A value as the debug console shows it. */
  show(value: unknown): DebugVariable {
    return { ...this.#tree.variable("", value), value: longText(value) };
  }

  /** A value as a cell shows it. May run code of the user. */
  rich(value: unknown): MimeBundle | Promise<MimeBundle> {
    return value === undefined ? { "text/plain": "undefined" } : mimeBundle(value);
  }

  /** As `rich`, for code that stands still and cannot wait. */
  richNow(value: unknown): MimeBundle {
    const bundle = this.rich(value);
    if (!(bundle instanceof Promise)) return bundle;
    bundle.catch(() => undefined);
    return { "text/plain": longText(value) };
  }

  /** As `rich`, for one of the notebook's variables; undefined when there is none of that name. */
  richGlobal(name: string): MimeBundle | Promise<MimeBundle> | undefined {
    const property = this.#options.declared.get(name);
    return property === undefined ? undefined : this.rich(globals()[property]);
  }

  copyToGlobals(name: string, value: unknown): void {
    globals()[this.#options.declare(name)] = value;
  }

  /** Names of the notebook that have another name for V8, because Node has them, too. */
  renamed(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#options.declared].filter(([name, property]) => name !== property),
    );
  }

  /** Sends what was printed. Only while code of the user stands still: anything else may be in the middle of sending. */
  flush(): void {
    this.#options.flush();
  }

  #variables(): NamedValue[] {
    const values = globals();
    return [...this.#options.declared].map(([name, property]) => [name, values[property]]);
  }

  #isHidden(name: string): boolean {
    return name.startsWith("$") || name === "arguments" || this.#options.hiddenNames.has(name);
  }
}

/** Makes the support reachable for the inspector, and hard to reach by accident. */
export function installDebugSupport(support: DebugSupport): void {
  Object.defineProperty(globalThis, Symbol.for(debugSupportKey), { value: support });
}

function globals(): Record<string, unknown> {
  return globalThis;
}

function pathOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url.replace(/\?.*$/, "")) : url;
}

/** The variables of one of V8's scope objects. From V8 12 on it throws for one whose declaration has not been reached; before, such a one is undefined. */
function* variablesOf(scope: object): Generator<[name: string, value: unknown]> {
  for (const name of Object.keys(scope)) {
    let value: unknown;
    try {
      value = Reflect.get(scope, name) as unknown;
    } catch {
      // Not declared yet.
    }
    yield [name, value];
  }
}
