import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import {
  CellSyntaxError,
  compileCell,
  compilerHelpers,
  createCellSupport,
  findTsconfig,
  moduleName,
  readMagics,
  readNotebookSettings,
  supportName,
  type CellSources,
  type CompiledCell,
  type CompileOptions,
  type MagicSupport,
  type NotebookSettings,
} from "../cells/index.ts";
import {
  cellScriptMark,
  type CheckMode,
  type Header,
  type NativeStream,
} from "../protocol/index.ts";
import { createMagics } from "./magics/index.ts";
import type { ModuleLoading } from "./module-loading.ts";
import type { NotebookNames } from "./notebook-names.ts";
import type { RunningCell } from "./running-cell.ts";

export interface CellLoaderOptions {
  readonly names: NotebookNames;
  readonly sources: CellSources;
  readonly modules: ModuleLoading;
  readonly notebookDir: string;
  /** Writes a cell's text. */
  readonly write: (parent: Header, name: NativeStream, text: string) => void;
  /** What cells call `input` and `prompt`. */
  readonly inputs: CellInputs;
  /** Told of a cell that is a module, by the URL of that. */
  readonly onModule?: (url: string, cell: CellText) => void;
}

export interface CellInputs {
  readonly asking: (cell: RunningCell) => unknown;
  readonly blocking: (cell: RunningCell) => unknown;
}

export interface CellText {
  readonly label: string;
  readonly source: string;
}

/** What every cell is given beside the notebook's variables. */
export const cellParameters: readonly string[] = [
  ...["console", "display", "progress", "input", "prompt", "signal", "babelHelpers", supportName],
];

/** How a cell is to run, beside its code. */
export interface LoadedCell {
  readonly body: Generator<unknown, unknown>;
  readonly isTimed: boolean;
}

/** Compiles cells into generators, and hands them what they mention. */
export class CellLoader {
  readonly #options: CellLoaderOptions;
  #settings: NotebookSettings | undefined;
  #scripts = 0;

  constructor(options: CellLoaderOptions) {
    this.#options = options;
  }

  /** Makes a cell ready to run. @throws CellSyntaxError */
  load(source: string, cell: RunningCell, check: CheckMode): LoadedCell {
    const { names, sources, modules, notebookDir } = this.#options;
    const module = moduleName(source);
    if (module !== undefined)
      return { body: this.#define(module, { label: cell.label, source }), isTimed: false };
    const isKnownName = (name: string): boolean => names.properties.has(name);
    const { code, cellMagic } = readMagics(source, { isKnownName });
    const compiled = compileMagicCell(source, code, {
      reserved: names.reserved,
      shadowed: names.shadowed,
      parameters: cellParameters,
      emitSettings: () => this.#emitSettings(),
    });
    const filename = path.join(notebookDir, `cell-${++this.#scripts}.ts`);
    sources.add(filename, { label: cell.label, source, maps: compiled.maps });
    if (compiled.hasImports) modules.prepare();
    names.bind(compiled);
    const script = new vm.Script(`${compiled.code}\n//# sourceMappingURL=${cellScriptMark}`, {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const start = script.runInThisContext() as (
      ...values: unknown[]
    ) => Generator<unknown, unknown>;
    const offered: Record<(typeof cellParameters)[number], () => unknown> = {
      console: () => cell.console,
      display: () => cell.display,
      progress: () => cell.progress,
      input: () => this.#options.inputs.asking(cell),
      prompt: () => this.#options.inputs.blocking(cell),
      signal: () => cell.stop.signal,
      babelHelpers: () => compilerHelpers,
      [supportName]: () =>
        createCellSupport(
          modules.importMeta,
          this.#magics(cell, { check, kept: compiled.declared }),
        ),
    };
    const body = start(...compiled.parameters.map((name) => offered[name]!()));
    return { body, isTimed: cellMagic?.name === "time" };
  }

  /** A cell that is a module declares nothing for the notebook; it runs at once, so that what is wrong with it shows here. */
  *#define(name: string, cell: CellText): Generator<unknown, undefined> {
    const { source } = cell;
    const { modules, notebookDir, onModule } = this.#options;
    // Finds what is wrong with it now, in the cell, and not when it is imported.
    compileCell(source, { reserved: new Set(), shadowed: new Set(), parameters: [] });
    modules.prepare();
    const { href } = new URL(`${name}.ts`, pathToFileURL(path.join(notebookDir, path.sep)));
    onModule?.(href, cell);
    yield modules.define(name, source);
    yield import(href);
    return undefined;
  }

  #magics(
    { parent, display, stop }: RunningCell,
    { check, kept }: { readonly check: CheckMode; readonly kept: ReadonlyMap<string, string> },
  ): MagicSupport {
    const { names, write } = this.#options;
    return createMagics({
      ...{ display, signal: stop.signal, check },
      write: (name, text) => {
        write(parent, name, text);
      },
      variables: () => names.values(),
      forgetVariables: () => {
        // What the cell itself declares is declared after `%reset`, wherever that stands.
        names.forget(kept);
      },
    });
  }

  /** Settings of the notebook's tsconfig.json, read once, when the first cell asks. */
  #emitSettings(): NotebookSettings {
    this.#settings ??= readNotebookSettings(findTsconfig(this.#options.notebookDir));
    return this.#settings;
  }
}

/** Compiles a cell in which `code` stands for `source`. @throws CellSyntaxError in the user's words. */
function compileMagicCell(source: string, code: string, options: CompileOptions): CompiledCell {
  try {
    return compileCell(code, options);
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    const line = source.split("\n")[error.line - 1] ?? "";
    const isMagic = /^\s*[!%]/.test(line) && /`?await`?/.test(error.message);
    if (!isMagic) throw error;
    const message = "a shell line or magic can only stand in a function that is async";
    throw new CellSyntaxError(message, { line: error.line, column: /\S/.exec(line)!.index + 1 });
  }
}
