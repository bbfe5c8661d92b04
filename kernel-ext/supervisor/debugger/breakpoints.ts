import type { CdpClient } from "./cdp-client.ts";
import type { PlacedBreakpoint } from "./dap.ts";
import { compileExpression } from "./expression.ts";
import { cellFunctionColumn, identifyCells } from "./paused-stack.ts";
import {
  chooseLocation,
  type BreakLocation,
  type Script,
  type ScriptRegistry,
} from "./script-registry.ts";
import type { UserSupport } from "./user-support.ts";

export interface BreakpointsOptions {
  readonly cdp: CdpClient;
  readonly support: UserSupport;
  readonly scripts: ScriptRegistry;
}

/** The breakpoints of the user, in every script made from the source that they are in. */
export class Breakpoints {
  readonly #options: BreakpointsOptions;
  readonly #wanted = new Map<string, readonly PlacedBreakpoint[]>();
  /** Numbers of the user's breakpoints, by V8's ids. */
  readonly #known = new Map<string, number>();
  /** V8's ids of ours that stop once. */
  readonly #once: string[] = [];
  readonly #onceIn = new Set<Script>();
  /** V8's id of what makes it wait before it runs a new script. */
  #watchId: string | undefined;

  constructor(options: BreakpointsOptions) {
    this.#options = options;
  }

  get isAny(): boolean {
    return this.#wanted.size > 0;
  }

  /** Replaces the breakpoints of one source, in all scripts that it was made into. */
  async set(path: string, wanted: readonly PlacedBreakpoint[]): Promise<void> {
    const { cdp, scripts, support } = this.#options;
    if (wanted.length === 0) this.#wanted.delete(path);
    else this.#wanted.set(path, wanted);
    await identifyCells(scripts, support);
    for (const script of scripts.madeFrom(path)) {
      for (const breakpointId of script.breakpointIds.splice(0)) {
        this.#known.delete(breakpointId);
        await cdp.send("Debugger.removeBreakpoint", { breakpointId });
      }
      await this.bind(script);
    }
  }

  /** Sets what is wanted in a script. */
  async bind(script: Script): Promise<void> {
    const { scripts, support } = this.#options;
    if (script.kind === "cell" && script.path === undefined) await identifyCells(scripts, support);
    const wanted = this.#wanted.get(script.path ?? "");
    if (wanted === undefined) return;
    const locations = await this.#locationsOf(script);
    for (const { id, line, condition } of wanted) {
      const location = chooseLocation(locations, line);
      const set = location === undefined ? [] : await this.#set(script, location, condition);
      for (const breakpointId of set) this.#known.set(breakpointId, id);
      script.breakpointIds.push(...set);
    }
  }

  /** Stops once, wherever the script comes first: anywhere in it, or in the cell's own statements alone. */
  async setOnce(
    script: Script,
    { isBodyOnly = false }: { readonly isBodyOnly?: boolean } = {},
  ): Promise<void> {
    if (this.#onceIn.has(script)) return;
    this.#onceIn.add(script);
    const locations = isBodyOnly
      ? await this.#readLocations(script, { restrictToFunction: true })
      : await this.#locationsOf(script);
    const places = locations.filter(({ place }) => place !== null);
    const set = await Promise.all(places.map((location) => this.#set(script, location)));
    this.#once.push(...set.flat());
  }

  async clearOnce(): Promise<void> {
    const { cdp } = this.#options;
    this.#onceIn.clear();
    const removed = this.#once
      .splice(0)
      .map((breakpointId) => cdp.send("Debugger.removeBreakpoint", { breakpointId }));
    await Promise.all(removed);
  }

  /** The numbers of the user's breakpoints among those that V8 says were hit. */
  numbersOf(hit: readonly string[]): number[] {
    return hit.flatMap((breakpointId) => this.#known.get(breakpointId) ?? []);
  }

  /** Makes V8 wait before it runs a script for the first time, or no more. */
  async watchNewScripts(isNeeded: boolean): Promise<void> {
    const { cdp } = this.#options;
    const breakpointId = this.#watchId;
    if (isNeeded && breakpointId === undefined) {
      const set = await cdp.send<{ breakpointId: string }>(
        "Debugger.setInstrumentationBreakpoint",
        {
          instrumentation: "beforeScriptWithSourceMapExecution",
        },
      );
      this.#watchId = set.breakpointId;
    } else if (!isNeeded && breakpointId !== undefined) {
      this.#watchId = undefined;
      await cdp.send("Debugger.removeBreakpoint", { breakpointId });
    }
  }

  async #set(script: Script, location: BreakLocation, condition?: string): Promise<string[]> {
    const { lineNumber, columnNumber } = location;
    try {
      const { breakpointId } = await this.#options.cdp.send<{ breakpointId: string }>(
        "Debugger.setBreakpoint",
        {
          location: { scriptId: script.id, lineNumber, columnNumber },
          ...(condition === undefined ? {} : { condition: await this.#compile(condition) }),
        },
      );
      return [breakpointId];
    } catch {
      // Two breakpoints of the user came to one place.
      return [];
    }
  }

  async #compile(condition: string): Promise<string> {
    const renamed = await this.#options.support.renamed();
    return compileExpression(condition, { renamed, own: [] });
  }

  async #locationsOf(script: Script): Promise<readonly BreakLocation[]> {
    script.locations ??= await this.#readLocations(script);
    return script.locations;
  }

  async #readLocations(script: Script, options: object = {}): Promise<readonly BreakLocation[]> {
    const { cdp, support } = this.#options;
    // What stands before a cell's function and after it is ours.
    const columnNumber = script.kind === "cell" ? cellFunctionColumn + 1 : 0;
    const last = script.isCompiled ? script.lastLine - 1 : script.lastLine;
    const possible = await cdp.send<{
      locations: { lineNumber: number; columnNumber?: number }[];
    }>("Debugger.getPossibleBreakpoints", {
      start: { scriptId: script.id, lineNumber: 0, columnNumber },
      ...options,
    });
    const locations = possible.locations.filter(({ lineNumber }) => lineNumber <= last);
    const positions = locations.map(
      ({ lineNumber, columnNumber = 0 }) => [lineNumber + 1, columnNumber + 1] as const,
    );
    const places = script.isCompiled ? await support.locate(script.url, positions) : positions;
    return locations.map(({ lineNumber, columnNumber = 0 }, index) => ({
      lineNumber,
      columnNumber,
      place: places[index] ?? null,
    }));
  }
}
