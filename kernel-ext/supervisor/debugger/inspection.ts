import type { DebugVariable, JsonObject } from "../../protocol/index.ts";
import type { CdpClient } from "./cdp-client.ts";
import type { DapScope, DapStackFrame } from "./dap.ts";
import { evaluate } from "./evaluation.ts";
import { identifyCells, type PausedFrame, type PausedStack } from "./paused-stack.ts";
import type { ScriptRegistry } from "./script-registry.ts";
import type { RemoteValue, UserSupport } from "./user-support.ts";

export interface InspectionOptions {
  readonly cdp: CdpClient;
  readonly support: UserSupport;
  readonly scripts: ScriptRegistry;
  /** Where the code stands, if it does. */
  readonly stack: () => PausedStack | undefined;
}

export interface VariablesRange {
  readonly start?: number | undefined;
  readonly count?: number | undefined;
}

/** What a debugger shows of the user process: frames, variables, values and sources. */
export class Inspection {
  readonly #options: InspectionOptions;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  stackTrace(): readonly DapStackFrame[] {
    return this.#options.stack()?.frames.map(({ shown }) => shown) ?? [];
  }

  async scopes(frameId: number): Promise<DapScope[]> {
    const frame = this.#frame(frameId);
    return frame === undefined ? [] : this.#options.stack()!.scopes(frame, this.#options.support);
  }

  variables(reference: number, range: VariablesRange): Promise<DebugVariable[]> {
    return this.#options.support.children(reference, range);
  }

  /** The notebook's variables. */
  globals(): Promise<DebugVariable[]> {
    return this.#options.support.globals();
  }

  /** Evaluates TypeScript in a frame, or in the notebook while the code runs. @throws DebugRequestError with the user's error. */
  async evaluate(
    expression: string,
    options: { readonly frameId: number | undefined; readonly isSafe: boolean },
  ): Promise<DebugVariable> {
    const value = await this.#evaluate(expression, options.frameId, options.isSafe);
    return this.#options.support.show(value);
  }

  /** How a variable shows in a notebook. */
  async richValue(name: string, frameId: number | undefined): Promise<JsonObject> {
    const { stack, support } = this.#options;
    if (stack() !== undefined) return support.richNow(await this.#evaluate(name, frameId));
    return (await support.richGlobal(name)) ?? {};
  }

  /** Gives the notebook a variable of a frame. */
  async copyToGlobals(source: string, target: string, frameId: number): Promise<void> {
    await this.#options.support.copyToGlobals(target, await this.#evaluate(source, frameId));
  }

  /** Paths of the files that are loaded, without the machinery. */
  modules(): readonly { readonly name: string; readonly path: string }[] {
    const paths = this.#options.scripts.files().map(({ path }) => path!);
    return paths.map((path) => ({ name: path.replace(/^.*[/\\]/, ""), path }));
  }

  /** The text of a cell that ran or of a script that was not compiled by us; undefined when there is none. */
  async sourceText(path: string): Promise<string | undefined> {
    const { cdp, scripts, support } = this.#options;
    await identifyCells(scripts, support);
    const script = scripts.madeFrom(path).at(-1);
    if (script === undefined || script.kind === "cell") return script?.text;
    if (script.isCompiled) return undefined;
    const { scriptSource } = await cdp.send<{ scriptSource: string }>("Debugger.getScriptSource", {
      scriptId: script.id,
    });
    return scriptSource;
  }

  #evaluate(expression: string, frameId: number | undefined, isSafe = false): Promise<RemoteValue> {
    const { cdp, stack, support } = this.#options;
    const frame = this.#frame(frameId) ?? stack()?.frames[0];
    return evaluate(expression, { frame, isSafe, cdp, support });
  }

  #frame(frameId: number | undefined): PausedFrame | undefined {
    return this.#options.stack()?.frames.find(({ shown }) => shown.id === frameId);
  }
}
