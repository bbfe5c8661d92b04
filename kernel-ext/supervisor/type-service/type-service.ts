import type { CompleteReply, InspectReply } from "../../protocol/index.ts";
import { CellModules, type CellModule } from "./cell-modules.ts";
import { LanguageServer } from "./language-server.ts";
import { codePointOfIndex, indexOfCodePoint, positionInModule } from "./text-position.ts";
import type { TextPosition } from "./text-position.ts";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";

export interface TypeServiceOptions extends WorkspaceOptions {
  readonly log: (line: string) => void;
}

/** A type error in a cell (1-based). */
export interface TypeProblem {
  readonly code: number;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const noCompletion = { status: "ok", matches: [], metadata: {} } as const;
const nothingFound: InspectReply = { status: "ok", found: false, data: {}, metadata: {} };

/** Errors that say nothing about a cell that has run: modules without types, a comma expression. */
const ignoredCodes: ReadonlySet<number> = new Set([2307, 2792, 7016, 2695]);
const errorSeverity = 1;
const maxMatches = 1000;
const maxStarts = 5;
/** What the checker says about a name that nobody declared. */
const unknownName = "```typescript\nany\n```";

/** Types of cells: checks them, completes them, explains them. Everything happens in another process, so it works while a cell blocks. */
export class TypeService {
  readonly #options: TypeServiceOptions;
  readonly #modules = new CellModules();
  #workspace: Workspace | undefined;
  #server: LanguageServer | undefined;
  #starts = 0;
  #isClosed = false;
  /** What a new server must be shown. */
  readonly #texts = new Map<string, string>();
  /** Checks come one after the other, because cells without names share one file. */
  #checks: Promise<unknown> = Promise.resolve();
  /** Requests about the draft come one after the other, because they share one file. */
  #draft: Promise<unknown> = Promise.resolve();

  constructor(options: TypeServiceOptions) {
    this.#options = options;
  }

  /** Starts the language server, so that the first completion need not wait for it. */
  warmUp(): void {
    this.complete("", 0).catch((error: unknown) => {
      if (!this.#isClosed) this.#options.log(`types are not available: ${String(error)}`);
    });
  }

  /** Adds a cell that starts to run, and finds its type errors. */
  check(source: string): Promise<TypeProblem[]> {
    const checked = this.#checks.then(() => this.#check(source));
    this.#checks = checked.catch(() => undefined);
    return checked;
  }

  async #check(source: string): Promise<TypeProblem[]> {
    const module = this.#modules.add(source);
    const server = await this.#start();
    await this.#show(server, module);
    const { items } = await server.request<DiagnosticReport>("diagnostic", module.fileName);
    const lastLine = source.split("\n").length - 1;
    return items
      .filter(({ severity, code }) => severity === errorSeverity && !ignoredCodes.has(Number(code)))
      .filter(({ range: { start } }) => start.line <= lastLine && !isInHeader(start, module))
      .map(({ code, message, range: { start } }) => ({
        code: Number(code),
        message,
        line: start.line + 1,
        column: start.character + 1 - (start.line === 0 ? module.headerLength : 0),
      }));
  }

  /** Completes the word before the cursor; positions are code points. */
  async complete(code: string, cursor: number): Promise<CompleteReply> {
    const index = indexOfCodePoint(code, cursor);
    const prefix = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, index))![0];
    const start = codePointOfIndex(code, index - prefix.length);
    const at = { cursor_start: start, cursor_end: cursor };
    const list = await this.#ask<CompletionList | null>("completion", code, { index, prefix });
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
  async inspect(code: string, cursor: number): Promise<InspectReply> {
    const index = indexOfCodePoint(code, cursor);
    for (const place of inspectPlaces(code, index)) {
      const hover = await this.#ask<Hover | null>("hover", code, { index: place });
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
    { index, prefix }: { readonly index: number; readonly prefix?: string },
  ): Promise<Result> {
    const answer = this.#draft.then(async () => {
      const server = await this.#start();
      const module = this.#modules.draft(code, prefix === undefined ? {} : { prefix });
      await this.#show(server, module);
      const position = positionInModule(code, index, module.headerLength);
      return server.request<Result>(method, module.fileName, { position });
    });
    this.#draft = answer.catch(() => undefined);
    return answer;
  }

  async #show(server: LanguageServer, { fileName, text }: CellModule): Promise<void> {
    this.#texts.set(fileName, text);
    await server.setText(fileName, text);
  }

  async #start(): Promise<LanguageServer> {
    if (this.#isClosed) throw new Error("the type service is closed");
    this.#workspace ??= createWorkspace(this.#options);
    if (this.#server !== undefined) return this.#server;
    if (this.#starts >= maxStarts) throw new Error("the language server ended too often");
    this.#starts += 1;
    const server = new LanguageServer({
      dir: this.#workspace.dir,
      log: this.#options.log,
      onEnd: () => {
        this.#server = undefined;
      },
    });
    this.#server = server;
    for (const [fileName, text] of this.#texts) await server.setText(fileName, text);
    return server;
  }
}

function isInHeader({ line, character }: TextPosition, { headerLength }: CellModule): boolean {
  return line === 0 && character < headerLength;
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

interface DiagnosticReport {
  readonly items: readonly {
    readonly severity?: number;
    readonly code?: number | string;
    readonly message: string;
    readonly range: { readonly start: TextPosition };
  }[];
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
