import type { Debugger } from "node:inspector";
import { setTimeout as delay } from "node:timers/promises";
import type { FromInspector, JsonObject, ToInspector } from "../../protocol/index.ts";
import { CdpClient } from "./cdp-client.ts";
import type { CellPaths } from "./cell-path.ts";
import { DebugRequestError, threadId, type ExceptionFilter, type PlacedBreakpoint } from "./dap.ts";
import { Breakpoints } from "./breakpoints.ts";
import { ExceptionStops } from "./exception-stops.ts";
import { Inspection } from "./inspection.ts";
import { PausedStack } from "./paused-stack.ts";
import { ScriptRegistry, steppedOver, type ScriptParsed } from "./script-registry.ts";
import { isRepeated, type Step, type StepKind } from "./stepping.ts";
import { objectGroup, UserSupport } from "./user-support.ts";

/** A way to V8's inspector in one user process: gives the function that sends to it. */
export type ConnectInspector = (
  receive: (message: FromInspector) => void,
) => (message: ToInspector) => void;

export interface DebugSessionOptions {
  readonly connect: ConnectInspector;
  readonly paths: CellPaths;
  readonly hiddenUrls: readonly string[];
  readonly libraryUrls: readonly string[];
  readonly ownUrls: readonly string[];
  readonly newFrameId: () => number;
  readonly publish: (event: string, body: object) => void;
}

type Paused = Debugger.PausedEventDataType;

/** After a step the front end is told that the code runs when it has not stopped again for this long. */
const stepShownMs = 100;
/** Time for a SIGINT to reach V8 while the code stands still. */
const signalMs = 20;

const commands: Readonly<Record<StepKind, string>> = {
  next: "Debugger.stepOver",
  stepIn: "Debugger.stepInto",
  stepOut: "Debugger.stepOut",
};

/** Debugs one user process: what V8's inspector says of compiled scripts, told of the user's sources, and back. */
export class DebugSession {
  readonly #options: DebugSessionOptions;
  readonly #cdp: CdpClient;
  readonly #support: UserSupport;
  readonly #scripts: ScriptRegistry;
  readonly #breakpoints: Breakpoints;
  /** What there is to see, running or stopped. */
  readonly inspection: Inspection;
  readonly #exceptions: ExceptionStops;
  #stack: PausedStack | undefined;
  /** Whether the front end was told that the code stopped. */
  #isStopTold = false;
  #step: Step | undefined;
  /** A pause was asked for and no code of the user has run since. */
  #isPauseWanted = false;
  /** Counts pauses and resumptions: what belongs to an older one is void. */
  #turn = 0;
  /** Whether V8 stands still, shown or not. */
  #isPaused = false;
  /** Between `release` and `rearm`. */
  #isReleased = false;
  #isEnded = false;

  /** Connects; use it when `enable` has resolved. */
  constructor(options: DebugSessionOptions) {
    this.#options = options;
    this.#scripts = new ScriptRegistry(options);
    const send = options.connect((message) => {
      this.#cdp.receive(message);
    });
    this.#cdp = new CdpClient({
      send,
      onEvent: (method, params) => {
        this.#receive(method, params);
      },
    });
    this.#support = new UserSupport(this.#cdp);
    this.inspection = new Inspection({
      cdp: this.#cdp,
      support: this.#support,
      scripts: this.#scripts,
      stack: () => this.#stack,
    });
    this.#exceptions = new ExceptionStops(this.#cdp, this.#scripts);
    this.#breakpoints = new Breakpoints({
      cdp: this.#cdp,
      support: this.#support,
      scripts: this.#scripts,
    });
  }

  /** Resolves when V8 has told of all scripts. */
  async enable(): Promise<void> {
    await this.#cdp.send("Debugger.enable");
    await this.#cdp.send("Debugger.setBlackboxPatterns", { patterns: steppedOver(this.#options) });
  }

  get isStopped(): boolean {
    return this.#isStopTold;
  }

  // ---- what the front end asks

  async setBreakpoints(path: string, wanted: readonly PlacedBreakpoint[]): Promise<void> {
    await this.#breakpoints.set(path, wanted);
    await this.#watchNewScripts();
  }

  async setExceptionFilters(filters: readonly ExceptionFilter[]): Promise<void> {
    await this.#exceptions.set(filters);
  }

  async continue(): Promise<void> {
    this.#step = undefined;
    await this.#resume("Debugger.resume");
    this.#tellContinued();
  }

  async step(kind: StepKind): Promise<void> {
    const top = this.#stack?.frames[0];
    if (top === undefined) throw new DebugRequestError("the code is not stopped");
    const newest = this.#scripts.newestCell();
    // Where an asynchronous function ends, V8 does not know that a cell awaits it.
    if (newest !== undefined && !top.isCellBody) {
      await this.#breakpoints.setOnce(newest, { isBodyOnly: true });
    }
    this.#step = { kind, from: top, depth: this.#stack!.depth, repeats: 0 };
    await this.#resume(commands[kind]);
    void delay(stepShownMs).then(() => {
      this.#tellContinued();
    });
  }

  /** Stops at the next statement of the user. */
  async pause(): Promise<void> {
    this.#isPauseWanted = true;
    await this.#watchNewScripts();
    await this.#cdp.send("Debugger.pause");
  }

  /** Lets the code run into the end that `signal` prepares for it, without another stop until `rearm`. */
  async release(signal: () => void): Promise<void> {
    this.#step = undefined;
    this.#isPauseWanted = false;
    this.#isReleased = true;
    this.#cdp.post("Debugger.setSkipAllPauses", { skip: true });
    if (!this.#isPaused) return;
    // What is found out about this pause is void.
    this.#turn += 1;
    signal();
    await delay(signalMs);
    this.#stack = undefined;
    this.#cdp.post("Debugger.resume");
    this.#tellContinued();
  }

  rearm(): void {
    this.#isReleased = false;
    this.#cdp.post("Debugger.setSkipAllPauses", { skip: false });
  }

  /** Lets the code run and leaves it alone. */
  async close(): Promise<void> {
    if (this.#isEnded) return;
    // Disconnecting would do; but it must not stop in between.
    await this.#cdp.send("Debugger.disable").catch(() => undefined);
    this.end("the debugger was disconnected");
  }

  /** Forgets a process that is no more. */
  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cdp.end(reason);
    this.#stack = undefined;
    this.#turn += 1;
    this.#tellContinued();
  }

  // ---- what V8 says

  #receive(method: string, params: JsonObject): void {
    if (method === "Debugger.scriptParsed") {
      this.#scripts.add(params as unknown as ScriptParsed);
    } else if (method === "Debugger.resumed") {
      this.#turn += 1;
      this.#isPaused = false;
      this.#stack = undefined;
    } else if (method === "Debugger.paused") {
      this.#turn += 1;
      // Before a new script runs it is the kernel's code that waits, and only for us.
      this.#isPaused = params["reason"] !== "instrumentation";
      const turn = this.#turn;
      this.#onPaused(params as unknown as Paused, turn).catch(() => {
        // Whatever goes wrong here, the user's code must not stand still without anybody knowing.
        if (turn === this.#turn) this.#cdp.post("Debugger.resume");
      });
    }
  }

  async #onPaused(paused: Paused, turn: number): Promise<void> {
    if (paused.reason === ("instrumentation" as never)) {
      const { scriptId } = paused.data as { readonly scriptId: string };
      await this.#onNewScript(scriptId);
      await this.#cdp.send("Debugger.resume");
      return;
    }
    // It came about before V8 heard that it is not to stop.
    if (this.#isReleased) {
      await this.#cdp.send("Debugger.resume");
      return;
    }
    const stack = await PausedStack.read(paused, {
      scripts: this.#scripts,
      support: this.#support,
      newId: this.#options.newFrameId,
    });
    if (turn !== this.#turn) return;
    const next = await this.#decide(paused, stack);
    if (turn !== this.#turn) return;
    if (next !== undefined) {
      await this.#cdp.send(next);
      return;
    }
    const reason = this.#reasonOf(paused);
    this.#step = undefined;
    this.#isPauseWanted = false;
    this.#stack = stack;
    await this.#breakpoints.clearOnce();
    // What was printed before the stop belongs above it.
    await this.#support.flush().catch(() => undefined);
    if (turn !== this.#turn) return;
    this.#isStopTold = true;
    this.#options.publish("stopped", {
      ...reason,
      ...{ threadId, allThreadsStopped: true, preserveFocusHint: false },
    });
  }

  /** What V8 is to do instead of stopping here; undefined for a stop that the user is to see. */
  async #decide(paused: Paused, stack: PausedStack): Promise<string | undefined> {
    const isHit = (paused.hitBreakpoints ?? []).length > 0;
    const { reason } = paused;
    if (stack.frames.length === 0) {
      this.#step = undefined;
      // V8 would stop in Node's own code again and again.
      const newest = this.#scripts.newestCell();
      if (this.#isPauseWanted && newest !== undefined) await this.#breakpoints.setOnce(newest);
      return "Debugger.resume";
    }
    if (reason === "exception" || reason === "promiseRejection") {
      return (await this.#exceptions.isWanted(paused)) ? undefined : "Debugger.resume";
    }
    if (isHit || this.#isPauseWanted) return undefined;
    const step = this.#step;
    if (step === undefined) return undefined;
    if (!stack.isTopShown) return commands.stepOut;
    if (!isRepeated(step, stack)) return undefined;
    step.repeats += 1;
    return commands[step.kind === "stepIn" ? "stepIn" : "next"];
  }

  #reasonOf({ reason, data, hitBreakpoints = [] }: Paused): object {
    const hitBreakpointIds = this.#breakpoints.numbersOf(hitBreakpoints);
    if (hitBreakpointIds.length > 0) return { reason: "breakpoint", hitBreakpointIds };
    if (reason === "exception" || reason === "promiseRejection") {
      const { description, value } = (data ?? {}) as { description?: string; value?: unknown };
      const text = description ?? String(value);
      return { reason: "exception", description: "Paused on exception", text };
    }
    if (this.#isPauseWanted) return { reason: "pause" };
    return { reason: this.#step === undefined ? "debugger statement" : "step" };
  }

  /** A script is about to run for the first time: the moment to set its breakpoints. */
  async #onNewScript(scriptId: string): Promise<void> {
    const script = this.#scripts.get(scriptId);
    if (script === undefined) return;
    await this.#breakpoints.bind(script);
    if (this.#isPauseWanted && script.kind === "cell") await this.#breakpoints.setOnce(script);
  }

  /** New scripts wait for us as long as there is something to set in them. */
  async #watchNewScripts(): Promise<void> {
    const isNeeded = this.#isPauseWanted || this.#breakpoints.isAny;
    await this.#breakpoints.watchNewScripts(isNeeded);
  }

  // ---- the stopped code

  async #resume(command: string): Promise<void> {
    if (this.#stack === undefined) throw new DebugRequestError("the code is not stopped");
    this.#stack = undefined;
    this.#support.forgetScopes();
    this.#cdp.post("Runtime.releaseObjectGroup", { objectGroup });
    await this.#cdp.send(command);
  }

  #tellContinued(): void {
    if (!this.#isStopTold || this.#stack !== undefined) return;
    this.#isStopTold = false;
    this.#options.publish("continued", { threadId, allThreadsContinued: true });
  }
}
