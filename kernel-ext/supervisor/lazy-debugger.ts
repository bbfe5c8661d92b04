import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { JsonObject } from "../protocol/index.ts";
import type { DebugAdapter } from "./debugger/debug-adapter.ts";
import type { ConnectInspector } from "./debugger/debug-session.ts";

export interface LazyDebuggerOptions {
  readonly connect: ConnectInspector;
  readonly publish: (event: object) => void;
  readonly onDeclared: (name: string) => void;
  /** Script of the user process, and root folder of the package: their code is not the user's. */
  readonly userEntry: string;
  readonly packageDir: string;
}

/** The debugger, loaded on first use: until then it costs nothing. */
export class LazyDebugger {
  readonly #options: LazyDebuggerOptions;
  #adapter: Promise<DebugAdapter> | undefined;

  constructor(options: LazyDebuggerOptions) {
    this.#options = options;
  }

  async handle(content: JsonObject): Promise<object> {
    return (await this.#load()).handle(content);
  }

  /** Stops what runs by `interrupt`, also where it stands at a breakpoint; `signal` asks V8 to stop. */
  async interruptBy(interrupt: () => Promise<void>, signal: () => void): Promise<void> {
    const debugged = (await this.#adapter)?.process;
    await debugged?.release(signal);
    try {
      await interrupt();
    } finally {
      debugged?.rearm();
    }
  }

  /** The user process was replaced. */
  async reconnect(): Promise<void> {
    await (await this.#adapter)?.process.reconnect();
  }

  /** What has to be waited for before a cell runs, if anything. */
  get ready(): Promise<void> | undefined {
    return this.#adapter?.then(async ({ process: debugged }) => {
      await debugged.settled();
    });
  }

  async end(): Promise<void> {
    (await this.#adapter)?.end();
  }

  #load(): Promise<DebugAdapter> {
    this.#adapter ??= import("./debugger/index.ts").then(({ cellPaths, DebugAdapter }) => {
      const { userEntry, packageDir, ...options } = this.#options;
      const kernelDir = path.dirname(path.dirname(userEntry));
      return new DebugAdapter({
        ...options,
        paths: cellPaths(tmpdir(), process.pid),
        hiddenUrls: [folderUrl(kernelDir)],
        libraryUrls: [folderUrl(path.join(packageDir, "dist"))],
        ownUrls: ["dist", "node_modules"].map((name) => folderUrl(path.join(packageDir, name))),
      });
    });
    return this.#adapter;
  }
}

function folderUrl(dir: string): string {
  return pathToFileURL(path.join(dir, path.sep)).href;
}
