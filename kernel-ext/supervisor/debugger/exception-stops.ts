import type { Debugger } from "node:inspector";
import type { CdpClient } from "./cdp-client.ts";
import type { ExceptionFilter } from "./dap.ts";
import type { Script, ScriptRegistry } from "./script-registry.ts";
import { TryBlocks } from "./try-blocks.ts";

/**
 * Decides at which exceptions the code stops. V8 takes the kernel, which reports what a cell throws, for somebody who catches it; so
 * V8 stops at all of them, and what is uncaught is found out here.
 */
export class ExceptionStops {
  readonly #cdp: CdpClient;
  readonly #scripts: ScriptRegistry;
  readonly #tryBlocks = new Map<string, TryBlocks>();
  #filters: readonly ExceptionFilter[] = [];

  constructor(cdp: CdpClient, scripts: ScriptRegistry) {
    this.#cdp = cdp;
    this.#scripts = scripts;
  }

  async set(filters: readonly ExceptionFilter[]): Promise<void> {
    this.#filters = filters;
    const state = filters.length > 0 ? "all" : "none";
    await this.#cdp.send("Debugger.setPauseOnExceptions", { state });
  }

  /** Whether the user wants to stop at this exception. */
  async isWanted({ callFrames, data, reason }: Debugger.PausedEventDataType): Promise<boolean> {
    if ((data as { uncaught?: boolean } | undefined)?.uncaught === true) return true;
    // Frames between the error and the user's code catch what is their own business.
    for (const { location } of callFrames) {
      const script = this.#scripts.get(location.scriptId);
      const isUsers = script?.kind === "cell" || script?.kind === "file";
      if (isUsers && this.#filters.includes("all")) return true;
      if (script === undefined || isKernels(script)) break;
      const blocks = await this.#tryBlocksOf(script);
      if (blocks.catches(location.lineNumber, location.columnNumber ?? 0)) return false;
    }
    // A rejected promise that somebody awaits is thrown again there.
    return reason === "exception" && this.#filters.includes("uncaught");
  }

  async #tryBlocksOf({ id: scriptId }: Script): Promise<TryBlocks> {
    const known = this.#tryBlocks.get(scriptId);
    if (known !== undefined) return known;
    const { scriptSource } = await this.#cdp.send<{ scriptSource: string }>(
      "Debugger.getScriptSource",
      { scriptId },
    );
    const blocks = new TryBlocks(scriptSource);
    this.#tryBlocks.set(scriptId, blocks);
    return blocks;
  }
}

/** Below its frames nothing is the user's. */
function isKernels({ kind, url }: Script): boolean {
  return kind === "hidden" && !url.startsWith("node:");
}
