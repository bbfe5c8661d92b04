import { inspect } from "node:util";
import {
  CellSyntaxError,
  codeFrame,
  firstCellPlace,
  InterruptedError,
  MagicError,
} from "../cells/index.ts";
import type { ErrorReply } from "../protocol/index.ts";

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;

export interface ErrorContext {
  /** How the failed cell is called, e.g. `Cell [3]`. */
  readonly label: string;
  readonly source: string;
  /** The source of any cell, by label, for errors that start in an earlier one. */
  readonly sourceOf: (label: string) => string | undefined;
}

/** What a thrown value becomes in `error` messages and replies: name, message, and a traceback that shows the line. */
export function errorContent(error: unknown, context: ErrorContext): ErrorReply {
  const ename = errorName(error);
  const evalue = errorMessage(error);
  return {
    status: "error",
    ename,
    evalue,
    traceback: traceback(error, { ename, evalue }, context),
  };
}

function traceback(
  error: unknown,
  { ename, evalue }: { readonly ename: string; readonly evalue: string },
  { label, source, sourceOf }: ErrorContext,
): string[] {
  const headline = `${red(ename)}: ${evalue}`;
  if (error instanceof InterruptedError || error instanceof MagicError) return [headline];
  if (error instanceof CellSyntaxError) {
    const { line, column } = error;
    return [
      headline,
      `    at ${label}:${line}:${column}`,
      "",
      ...codeFrame(source, error).split("\n"),
    ];
  }
  if (!(error instanceof Error)) return [headline];
  if (isModuleMissing(error)) return [headline];
  const text = withoutInnards(inspectSafely(error));
  const place = firstCellPlace(text);
  const code = place === undefined ? undefined : sourceOf(place.label);
  const frame =
    place === undefined || code === undefined ? [] : ["", ...codeFrame(code, place).split("\n")];
  const plain = `${ename}: ${evalue}`;
  const body = text.startsWith(plain) ? headline + text.slice(plain.length) : text;
  return [...body.split("\n"), ...frame];
}

/** Whose stack is all of Node's loader, and whose message says everything. */
function isModuleMissing(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT";
}

/** Errors of the thread that loads modules carry its stack as text. */
function withoutInnards(text: string): string {
  const lines = text.split("\n");
  return lines.filter((line) => !/^\s+at .*\(node:internal\/.*\)$/.test(line)).join("\n");
}

/** An error's text for stderr, when no cell is there to fail. */
export function describeError(error: unknown): string {
  return error instanceof Error
    ? inspectSafely(error)
    : `${errorName(error)}: ${errorMessage(error)}`;
}

function inspectSafely(error: Error): string {
  try {
    return inspect(error);
  } catch {
    return String(error.stack);
  }
}

function errorName(error: unknown): string {
  if (error instanceof Error) return typeof error.name === "string" ? error.name : "Error";
  return "Uncaught";
}

function errorMessage(error: unknown): string {
  if (error instanceof Error) {
    if (!isModuleMissing(error)) return error.message;
    const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
    const message = error.message.replace(/ imported from \S*cell-\d+\.ts$/, "");
    return name === undefined ? message : `${message}; !npm i ${name} installs it`;
  }
  try {
    return inspect(error);
  } catch {
    return "a value that cannot be shown";
  }
}
