import { readMagics, type MagicCell } from "../../cells/magics.ts";
import { nameUses } from "../../cells/name-uses.ts";
import { nativeCompiler } from "../../cells/native-compiler.ts";
import type { CompleteReply, InspectReply } from "../../protocol/index.ts";
import { CellModules, type CellModule, type RunningModule } from "./cell-modules.ts";
import { LanguageServer } from "./language-server.ts";
import { ScriptChecker } from "./script-checker.ts";
import { LocalFiles } from "./local-files.ts";
import { completeMagic, inspectMagic } from "./magic-help.ts";
import {
  codePointOfIndex,
  indexOfCodePoint,
  positionAt,
  positionInModule,
  type TextPosition,
} from "./text-position.ts";
import type { TypeChecker } from "./type-checker.ts";
import { MissingPackages } from "./missing-packages.ts";
import { typeProblems, type Diagnostic, type TypeProblem } from "./type-problem.ts";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";

export interface TypeServiceOptions extends Omit<WorkspaceOptions, "compiler"> {
  readonly log: (line: string) => void;
  /** "native" (the default where it is installed) or TypeScript 6 in a thread of this process. */
  readonly checker?: "native" | "script";
}

export interface CheckOptions {
  /** Whether a cell with errors will not run, so that it declares nothing. */
  readonly isBinding?: boolean;
}

const noCompletion = { status: "ok", matches: [], metadata: {} } as const;
const nothingFound: InspectReply = { status: "ok", found: false, data: {}, metadata: {} };

const maxMatches = 1000;
const maxStarts = 5;
/** What the checker says about a name that nobody declared. */
const unknownName = "```typescript\nany\n```";

/** Types of cells: checks them, completes them, explains them. Everything happens in another process, so it works while a cell blocks. */
export class TypeService {
  readonly #options: TypeServiceOptions;
  readonly #modules = new CellModules();
  readonly #localFiles: LocalFiles;
  readonly #missing: MissingPackages;
  #workspace: Workspace | undefined;
  #server: TypeChecker | undefined;
  #starts = 0;
  #isClosed = false;
  /** What a new server must be shown. */
  readonly #texts = new Map<string, string>();
  /** Cells that the server has not been shown yet, because it is busy with those before them. */
  readonly #unshown = new Set<RunningModule>();
  /** Checks come one after the other, because cells without names share one file. */
  #checks: Promise<unknown> = Promise.resolve();
  /** Requests about the draft come one after the other, because they share one file. */
  #draft: Promise<unknown> = Promise.resolve();

  constructor(options: TypeServiceOptions) {
    this.#options = options;
    this.#localFiles = new LocalFiles(options.notebookDir);
    this.#missing = new MissingPackages(options.notebookDir);
  }

  /** Starts the language server, so that the first completion need not wait for it. */
  warmUp(): void {
    this.complete("", 0).catch((error: unknown) => {
      if (!this.#isClosed) this.#options.log(`types are not available: ${String(error)}`);
    });
  }

  /** Adds a cell that starts to run, so that later ones know what it declares. */
  add(cell: string): Promise<void> {
    const added = this.#add(cell);
    return this.#inTurn(async () => {
      await this.#introduce(added);
    });
  }

  /** Adds a cell that starts to run, and finds its type errors. */
  check(cell: string, { isBinding = false }: CheckOptions = {}): Promise<TypeProblem[]> {
    const added = this.#add(cell);
    const { source, module } = added;
    return this.#inTurn(async () => {
      const server = await this.#introduce(added);
      const { items } = await server.request<DiagnosticReport>("diagnostic", module.fileName);
      this.#missing.note(items);
      if (items.length === 0) return [];
      const { isDeferred } = nameUses(module.parsed);
      const problems = typeProblems(items, { source, module, isDeferred });
      if (isBinding && problems.length > 0) module.forget();
      return problems;
    });
  }

  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const taken = this.#checks.then(step);
    this.#checks = taken.catch(() => undefined);
    return taken;
  }

  /** From here on, later cells and completions know what the cell declares. */
  #add(cell: string): AddedCell {
    const { types: source, lineMagics } = this.#readMagics(cell);
    if (lineMagics.some(({ name }) => name === "reset")) this.#modules.clear();
    const module = this.#modules.add(source);
    this.#unshown.add(module);
    return { source, module };
  }

  /** Shows a cell to the server. */
  async #introduce({ source, module }: AddedCell): Promise<TypeChecker> {
    if (this.#missing.takeArrived()) this.#restart();
    const server = await this.#start();
    const edited = this.#localFiles.edited(source);
    if (edited.length > 0) await server.refresh(edited);
    await this.#showDeclaring(server);
    await this.#show(server, module);
    this.#unshown.delete(module);
    return server;
  }

  /** All that wait and declare something, at once: each change has the server build its program again. */
  async #showDeclaring(server: TypeChecker): Promise<void> {
    for (const module of [...this.#unshown].filter(({ isShared }) => !isShared)) {
      await this.#show(server, module);
      this.#unshown.delete(module);
    }
  }

  /** Completes the word before the cursor; positions are code points. */
  async complete(cell: string, cursor: number): Promise<CompleteReply> {
    const index = indexOfCodePoint(cell, cursor);
    const magic = completeMagic(cell, index);
    if (magic !== undefined) {
      const { matches, start, end } = magic;
      const [from, to] = [start, end].map((at) => codePointOfIndex(cell, at));
      return { ...noCompletion, matches, cursor_start: from!, cursor_end: to! };
    }
    const code = this.#readMagics(cell).types;
    const prefix = /[\p{ID_Continue}$]*$/u.exec(cell.slice(0, index))![0];
    const start = codePointOfIndex(cell, index - prefix.length);
    const at = { cursor_start: start, cursor_end: cursor };
    const list = await this.#ask<CompletionList | null>("completion", code, {
      at: positionAt(cell, index),
      prefix,
    });
    const wanted = prefix.toLowerCase();
    const items = (list?.items ?? [])
      .filter(({ label }) => label.toLowerCase().startsWith(wanted))
      .sort(
        (a, b) =>
          compare(a.sortText ?? a.label, b.sortText ?? b.label) || compare(a.label, b.label),
      )
      .slice(0, maxMatches);
    const types = items.map(({ label, kind, detail, labelDetails }) => ({
      ...{ text: label, start, end: cursor, type: kindNames[kind ?? 0] ?? "text" },
      signature: detail ?? labelDetails?.detail ?? "",
    }));
    return {
      ...{ ...noCompletion, ...at, matches: items.map(({ label }) => label) },
      metadata: { _jupyter_types_experimental: types },
    };
  }

  /** Explains the name at the cursor, or the function whose call the cursor is in. */
  async inspect(cell: string, cursor: number): Promise<InspectReply> {
    const index = indexOfCodePoint(cell, cursor);
    const magic = inspectMagic(cell, index);
    if (magic !== undefined) return { ...nothingFound, found: true, data: magic };
    const code = this.#readMagics(cell).types;
    for (const place of inspectPlaces(cell, index)) {
      const hover = await this.#ask<Hover | null>("hover", code, { at: positionAt(cell, place) });
      const contents = hover?.contents;
      // Names of other cells are imports to the checker; that is not the user's concern.
      const markdown = (typeof contents === "string" ? contents : (contents?.value ?? ""))
        .replace("```typescript\n(alias) ", "```typescript\n")
        .trimEnd();
      if (markdown === "" || markdown === unknownName) continue;
      const plain = markdown.replace(/^```\w*\n?/gm, "").trim();
      return {
        ...nothingFound,
        found: true,
        data: { "text/markdown": markdown, "text/plain": plain },
      };
    }
    return nothingFound;
  }

  /** Forgets the cells, because their variables are gone. */
  clear(): void {
    this.#modules.clear();
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    this.#workspace?.remove();
    this.#server = undefined;
  }

  #ask<Result>(
    method: string,
    code: string,
    { at, prefix }: { readonly at: TextPosition; readonly prefix?: string },
  ): Promise<Result> {
    const answer = this.#draft.then(async () => {
      const server = await this.#start();
      await this.#showDeclaring(server);
      const module = this.#modules.draft(code, prefix === undefined ? {} : { prefix });
      await this.#show(server, module);
      const position = positionInModule(at, module.headerLength);
      return server.request<Result>(method, module.fileName, { position });
    });
    this.#draft = answer.catch(() => undefined);
    return answer;
  }

  #readMagics(cell: string): MagicCell {
    return readMagics(cell, { isKnownName: (name) => this.#modules.has(name) });
  }

  #restart(): void {
    this.#server?.close();
    this.#server = undefined;
    // One that was meant is no failure.
    this.#starts -= 1;
  }

  async #show(server: TypeChecker, { fileName, text }: CellModule): Promise<void> {
    // The same text again would make the server build its program again.
    if (this.#texts.get(fileName) === text) return;
    this.#texts.set(fileName, text);
    await server.setText(fileName, text);
  }

  async #start(): Promise<TypeChecker> {
    if (this.#isClosed) throw new Error("the type service is closed");
    if (this.#server !== undefined) return this.#server;
    const { checker = "native", log } = this.#options;
    const compiler = checker === "native" ? nativeCompiler() : undefined;
    this.#workspace ??= createWorkspace({ ...this.#options, compiler });
    if (this.#starts >= maxStarts) throw new Error("the language server ended too often");
    this.#starts += 1;
    const { dir } = this.#workspace;
    const onEnd = (): void => {
      this.#server = undefined;
    };
    const server =
      compiler === undefined
        ? new ScriptChecker({ dir, log, onEnd })
        : new LanguageServer({ compiler, dir, log, onEnd });
    this.#server = server;
    for (const [fileName, text] of this.#texts) await server.setText(fileName, text);
    return server;
  }
}

/** The cursor itself, the end of the word before it, then the name before the open bracket. */
function inspectPlaces(code: string, index: number): number[] {
  const places = [index];
  if (/[\p{ID_Continue}$]$/u.test(code.slice(0, index))) places.push(index - 1);
  const call = /[\p{ID_Continue}$]\s*\([^()]*$/u.exec(code.slice(0, index));
  if (call !== null) places.push(call.index);
  return places;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Kinds of the language server protocol, in JupyterLab's words. */
const kindNames: Readonly<Record<number, string>> = {
  ...{ 2: "method", 3: "function", 4: "class", 5: "property", 6: "variable", 7: "class" },
  ...{ 8: "interface", 9: "module", 10: "property", 12: "value", 13: "enum", 14: "keyword" },
  ...{ 17: "file", 19: "folder", 20: "enumMember", 21: "constant", 22: "struct", 25: "type" },
};

interface AddedCell {
  /** What the checker reads of the cell. */
  readonly source: string;
  readonly module: RunningModule;
}

interface DiagnosticReport {
  readonly items: readonly Diagnostic[];
}

interface CompletionList {
  readonly items: readonly {
    readonly label: string;
    readonly kind?: number;
    readonly sortText?: string;
    readonly detail?: string;
    readonly labelDetails?: { readonly detail?: string };
  }[];
}

interface Hover {
  readonly contents: string | { readonly value: string };
}
