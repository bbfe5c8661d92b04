import type { JsonObject } from "../../protocol/index.ts";

// The parts of the Debug Adapter Protocol that are spoken here, with Jupyter's additions; field names are the protocols' own.

export interface DapRequest {
  readonly type: "request";
  readonly seq: number;
  readonly command: string;
  readonly arguments: JsonObject;
}

export interface DapResponse {
  readonly type: "response";
  readonly seq: number;
  readonly request_seq: number;
  readonly success: boolean;
  readonly command: string;
  readonly message?: string;
  readonly body: object;
}

export interface DapEvent {
  readonly type: "event";
  readonly seq: number;
  readonly event: string;
  readonly body: object;
}

export interface SourceBreakpoint {
  readonly line: number;
  /** An expression; the code stops where it is true. */
  readonly condition?: string;
}

/** A breakpoint with its number, on a line where code can stop. */
export interface PlacedBreakpoint extends SourceBreakpoint {
  readonly id: number;
}

export interface DapBreakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly line: number;
  readonly source: { readonly path: string };
}

export interface DapStackFrame {
  readonly id: number;
  readonly name: string;
  readonly source?: { readonly name: string; readonly path: string };
  readonly line: number;
  readonly column: number;
  readonly presentationHint?: "normal" | "subtle";
}

export interface DapScope {
  readonly name: string;
  readonly presentationHint?: string;
  readonly variablesReference: number;
  readonly expensive: boolean;
}

/** The user's code runs on one thread. */
export const threadId = 1;

/** What a debugger can be asked to stop at, beside breakpoints. */
export const exceptionFilters = [
  { filter: "all", label: "All Exceptions", default: false },
  { filter: "uncaught", label: "Uncaught Exceptions", default: false },
] as const;

export type ExceptionFilter = (typeof exceptionFilters)[number]["filter"];

/** A request that cannot be met; the message is for the user. */
export class DebugRequestError extends Error {
  override readonly name = "DebugRequestError";
}

/** Reads the content of a `debug_request`. @throws DebugRequestError naming what is missing. */
export function parseDebugRequest(content: JsonObject): DapRequest {
  const { seq, command, arguments: given } = content;
  if (typeof command !== "string") throw new DebugRequestError("command must be a string");
  const isObject = typeof given === "object" && given !== null;
  return {
    type: "request",
    seq: typeof seq === "number" ? seq : 0,
    command,
    arguments: isObject ? (given as JsonObject) : {},
  };
}

/** The breakpoints that a `setBreakpoints` request wants, in its order. */
export function parseBreakpoints({ breakpoints, lines }: JsonObject): SourceBreakpoint[] {
  const wanted: unknown =
    breakpoints ?? (Array.isArray(lines) ? lines.map((line) => ({ line: line as unknown })) : []);
  if (!Array.isArray(wanted)) throw new DebugRequestError("breakpoints must be a list");
  return wanted.map((entry: unknown) => {
    const { line, condition } = (entry ?? {}) as { line?: unknown; condition?: unknown };
    if (typeof line !== "number") throw new DebugRequestError("a breakpoint needs a line");
    return typeof condition === "string" && condition !== "" ? { line, condition } : { line };
  });
}
