import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  StreamMessageReader,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import { BatchedWriter } from "./batched-writer.ts";
import type { TypeChecker, TypeCheckerOptions } from "./type-checker.ts";

export interface LanguageServerOptions extends TypeCheckerOptions {
  /** Path of the native compiler. */
  readonly compiler: string;
}

/** Settings for every section the server asks about: package-wide auto imports alone take over a second and 400 MB. */
const serverSettings = {
  suggest: { autoImports: false, includeCompletionsForImportStatements: false },
};

/** The native TypeScript compiler as a language server, in a process of its own. */
export class LanguageServer implements TypeChecker {
  readonly #dir: string;
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #ready: Promise<void>;
  readonly #versions = new Map<string, number>();
  #isClosed = false;

  constructor({ compiler, dir, log, onEnd }: LanguageServerOptions) {
    this.#dir = dir;
    this.#process = spawn(compiler, ["--lsp", "--stdio"], {
      cwd: dir,
      stdio: ["pipe", "pipe", "ignore"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#process.on("error", (error) => {
      log(`the language server could not be started: ${error.message}`);
    });
    this.#process.stdin!.on("error", () => undefined);
    this.#process.on("close", () => {
      if (this.#isClosed) return;
      // Rejects the requests that wait for an answer.
      this.#connection.dispose();
      onEnd();
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#process.stdout!),
      new BatchedWriter(this.#process.stdin!),
    );
    this.#connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) =>
      items.map(() => serverSettings),
    );
    this.#connection.onRequest(() => null);
    this.#connection.onError(() => undefined);
    this.#connection.listen();
    this.#ready = this.#initialize();
    this.#ready.catch(() => undefined);
  }

  /** Shows the server the present text of a file; the file need not exist. */
  async setText(fileName: string, text: string): Promise<void> {
    await this.#ready;
    const version = (this.#versions.get(fileName) ?? 0) + 1;
    this.#versions.set(fileName, version);
    const uri = this.#uri(fileName);
    if (version === 1) {
      const languageId = fileName.endsWith("x") ? "typescriptreact" : "typescript";
      const textDocument = { uri, languageId, version, text };
      await this.#connection.sendNotification("textDocument/didOpen", { textDocument });
    } else {
      await this.#connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    }
  }

  /** Sends a `textDocument/…` request about one file. */
  async request<Result>(
    method: string,
    fileName: string,
    parameters: object = {},
  ): Promise<Result> {
    await this.#ready;
    return this.#connection.sendRequest<Result>(`textDocument/${method}`, {
      textDocument: { uri: this.#uri(fileName) },
      ...parameters,
    });
  }

  async refresh(files: readonly string[]): Promise<void> {
    await this.#ready;
    const changed = 2;
    await this.#connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: files.map((file) => ({ uri: pathToFileURL(file).href, type: changed })),
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.dispose();
    this.#process.kill("SIGKILL");
  }

  async #initialize(): Promise<void> {
    const rootUri = pathToFileURL(this.#dir).href;
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri,
      workspaceFolders: null,
      capabilities: {
        general: { positionEncodings: ["utf-16"] },
        workspace: { configuration: true },
        textDocument: {
          completion: { completionItem: { snippetSupport: false } },
          hover: { contentFormat: ["markdown"] },
          diagnostic: {},
        },
      },
    });
    await this.#connection.sendNotification("initialized", {});
  }

  #uri(fileName: string): string {
    return pathToFileURL(path.join(this.#dir, fileName)).href;
  }
}
