import { readFile } from "node:fs/promises";
import type { DebugVariable, JsonObject } from "../../protocol/index.ts";
import { cellPath, type CellPaths } from "./cell-path.ts";
import {
  DebugRequestError,
  exceptionFilters,
  parseBreakpoints,
  parseDebugRequest,
  threadId,
  type DapBreakpoint,
  type DapRequest,
  type DapResponse,
  type PlacedBreakpoint,
  type SourceBreakpoint,
} from "./dap.ts";
import type { ConnectInspector } from "./debug-session.ts";
import { DebuggedProcess } from "./debugged-process.ts";
import { nearestLine, stoppableLines } from "./source-lines.ts";

export interface DebugAdapterOptions {
  readonly paths: CellPaths;
  /** Opens the inspector of the process that runs the cells now. */
  readonly connect: ConnectInspector;
  /** Sends the content of a `debug_event`. */
  readonly publish: (event: object) => void;
  /** Told of a name that became one of the notebook's. */
  readonly onDeclared: (name: string) => void;
  /** See `ScriptRegistryOptions`. */
  readonly hiddenUrls: readonly string[];
  readonly libraryUrls: readonly string[];
  readonly ownUrls: readonly string[];
}

type Handler = (args: JsonObject) => object | Promise<object>;

const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsModulesRequest: true,
  supportsTerminateRequest: false,
  exceptionBreakpointFilters: exceptionFilters,
};

/** Answers `debug_request`s: the Debug Adapter Protocol as JupyterLab speaks it. */
export class DebugAdapter {
  readonly #options: DebugAdapterOptions;
  /** Texts of cells that a front end showed us, by path. */
  readonly #texts = new Map<string, string>();
  readonly #process: DebuggedProcess;
  #sent = 0;
  #lastBreakpoint = 0;

  constructor(options: DebugAdapterOptions) {
    this.#options = options;
    this.#process = new DebuggedProcess({
      ...options,
      publish: (event, body) => {
        this.#publish(event, body);
      },
    });
  }

  /** What is debugged, for those who interrupt, replace and end it. */
  get process(): Pick<DebuggedProcess, "release" | "rearm" | "reconnect" | "settled"> {
    return this.#process;
  }

  /** Answers one request; whatever fails becomes a response that says so. */
  async handle(content: JsonObject): Promise<DapResponse> {
    let request: DapRequest = { type: "request", seq: 0, command: "", arguments: {} };
    try {
      request = parseDebugRequest(content);
      const handler = this.#handlerOf(request.command);
      return this.#respond(request, { success: true, body: await handler(request.arguments) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#respond(request, {
        success: false,
        message,
        body: emptyBodies[request.command] ?? {},
      });
    } finally {
      if (request.command === "attach") this.#publish("initialized", {});
      if (request.command === "disconnect") this.#publish("terminated", {});
    }
  }

  /** Tells front ends that nothing is debugged any more; the process is about to end. */
  end(): void {
    const wasStarted = this.#process.isStarted;
    this.#process.end();
    if (wasStarted) this.#publish("terminated", {});
  }

  // ---- requests

  #handlerOf(command: string): Handler {
    const always = this.#always[command];
    if (always !== undefined) return always;
    const handler = this.#started[command];
    if (handler === undefined) throw new DebugRequestError(`${command} is not supported`);
    if (!this.#process.isStarted) throw new DebugRequestError("the debugger has not been started");
    return handler;
  }

  readonly #always: Readonly<Record<string, Handler | undefined>> = {
    initialize: async () => {
      await this.#process.start();
      return capabilities;
    },
    debugInfo: () => ({
      isStarted: this.#process.isStarted,
      hashMethod: "Murmur2",
      ...this.#options.paths,
      breakpoints: [...this.#process.breakpoints].map(([source, breakpoints]) => ({
        source,
        breakpoints: breakpoints.map(({ line }) => ({ line })),
      })),
      stoppedThreads: this.#process.isStopped ? [threadId] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    }),
    inspectVariables: () =>
      this.#process.inspect(async (inspection) => ({ variables: await inspection.globals() })),
    variables: ({ variablesReference, start, count }) =>
      this.#process.inspect(async (inspection) => ({
        variables: await inspection.variables(numberOf(variablesReference, "variablesReference"), {
          start: start as number | undefined,
          count: count as number | undefined,
        }),
      })),
    richInspectVariables: ({ variableName, frameId }) =>
      this.#process.inspect(async (inspection) => ({
        data: await inspection.richValue(nameOf(variableName), frameId as number | undefined),
        metadata: {},
      })),
    copyToGlobals: ({ srcVariableName, dstVariableName, srcFrameId }) =>
      this.#process.inspect(async (inspection) => {
        const target = nameOf(dstVariableName);
        const frame = numberOf(srcFrameId, "srcFrameId");
        await inspection.copyToGlobals(nameOf(srcVariableName), target, frame);
        this.#options.onDeclared(target);
        return {};
      }),
    modules: async () => {
      const modules = (await this.#process.settled())?.inspection.modules() ?? [];
      return {
        modules: modules.map((module, id) => ({ id, ...module })),
        totalModules: modules.length,
      };
    },
    disconnect: async () => {
      await this.#process.stop();
      return {};
    },
  };

  readonly #started: Readonly<Record<string, Handler | undefined>> = {
    attach: () => ({}),
    configurationDone: () => ({}),
    dumpCell: ({ code }) => {
      if (typeof code !== "string") throw new DebugRequestError("code must be a string");
      const path = cellPath(code, this.#options.paths);
      this.#texts.set(path, code);
      return { sourcePath: path };
    },
    setBreakpoints: async (args) => {
      const { path } = (args["source"] ?? {}) as { readonly path?: unknown };
      if (typeof path !== "string") throw new DebugRequestError("source needs a path");
      return { breakpoints: await this.#setBreakpoints(path, parseBreakpoints(args)) };
    },
    setExceptionBreakpoints: async ({ filters }) => {
      const known = exceptionFilters.map(({ filter }) => filter);
      const wanted = Array.isArray(filters) ? filters : [];
      await this.#process.setExceptionFilters(known.filter((filter) => wanted.includes(filter)));
      return { breakpoints: wanted.map(() => ({ verified: true })) };
    },
    threads: () => ({ threads: [{ id: threadId, name: "main" }] }),
    stackTrace: async ({ startFrame = 0, levels = 0 }) => {
      const all = (await this.#process.connected()).inspection.stackTrace();
      const end = (levels as number) > 0 ? (startFrame as number) + (levels as number) : undefined;
      return { stackFrames: all.slice(startFrame as number, end), totalFrames: all.length };
    },
    scopes: async ({ frameId }) => ({
      scopes: await (
        await this.#process.connected()
      ).inspection.scopes(numberOf(frameId, "frameId")),
    }),
    evaluate: async ({ expression, frameId, context }) => {
      if (typeof expression !== "string")
        throw new DebugRequestError("expression must be a string");
      const isSafe = context === "hover";
      const { inspection } = await this.#process.connected();
      try {
        const shown = await inspection.evaluate(expression, {
          frameId: frameId as number | undefined,
          isSafe,
        });
        return answerOf(shown);
      } catch (error) {
        // JupyterLab's debug console keeps what went wrong to itself unless it is the result.
        if (context !== "repl" || !(error instanceof Error)) throw error;
        return { result: error.message, variablesReference: 0 };
      }
    },
    source: async (args) => {
      const { path } = (args["source"] ?? {}) as { readonly path?: unknown };
      if (typeof path !== "string") throw new DebugRequestError("source needs a path");
      return { content: await this.#sourceOf(path) };
    },
    continue: async () => {
      await (await this.#process.connected()).continue();
      return { allThreadsContinued: true };
    },
    next: async () => {
      await (await this.#process.connected()).step("next");
      return {};
    },
    stepIn: async () => {
      await (await this.#process.connected()).step("stepIn");
      return {};
    },
    stepOut: async () => {
      await (await this.#process.connected()).step("stepOut");
      return {};
    },
    pause: async () => {
      await (await this.#process.connected()).pause();
      return {};
    },
  };

  async #setBreakpoints(
    path: string,
    wanted: readonly SourceBreakpoint[],
  ): Promise<readonly DapBreakpoint[]> {
    const text = await this.#sourceOf(path).catch(() => undefined);
    const lines = text === undefined ? undefined : stoppableLines(text);
    const placed = wanted.map((breakpoint): PlacedBreakpoint => {
      this.#lastBreakpoint += 1;
      const line = lines === undefined ? breakpoint.line : nearestLine(lines, breakpoint.line);
      return { ...breakpoint, line, id: this.#lastBreakpoint };
    });
    await this.#process.setBreakpoints(path, placed);
    return placed.map(({ id, line }) => ({ id, verified: true, line, source: { path } }));
  }

  async #sourceOf(path: string): Promise<string> {
    const text =
      this.#texts.get(path) ?? (await (await this.#process.settled())?.inspection.sourceText(path));
    if (text !== undefined) return text;
    try {
      return await readFile(path, "utf8");
    } catch {
      throw new DebugRequestError("source unavailable");
    }
  }

  #respond(
    { seq, command }: DapRequest,
    outcome: Pick<DapResponse, "success" | "message" | "body">,
  ): DapResponse {
    this.#sent += 1;
    return { type: "response", seq: this.#sent, request_seq: seq, command, ...outcome };
  }

  #publish(event: string, body: object): void {
    this.#sent += 1;
    this.#options.publish({ type: "event", seq: this.#sent, event, body });
  }
}

/** Front ends read these without looking whether the request was met. */
const emptyBodies: Readonly<Record<string, object | undefined>> = {
  inspectVariables: { variables: [] },
  variables: { variables: [] },
  scopes: { scopes: [] },
  stackTrace: { stackFrames: [], totalFrames: 0 },
  setBreakpoints: { breakpoints: [] },
  modules: { modules: [], totalModules: 0 },
  richInspectVariables: { data: {}, metadata: {} },
};

function answerOf({ value, type, variablesReference }: DebugVariable): object {
  return { result: value, variablesReference, ...(type === undefined ? {} : { type }) };
}

function numberOf(value: unknown, name: string): number {
  if (typeof value !== "number") throw new DebugRequestError(`${name} must be a number`);
  return value;
}

function nameOf(value: unknown): string {
  if (typeof value === "string" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(value))
    return value;
  throw new DebugRequestError(`${JSON.stringify(value)} is not the name of a variable`);
}
