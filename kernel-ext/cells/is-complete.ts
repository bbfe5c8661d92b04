import { namelessClass, parseCell } from "./cell-language.ts";
import { readMagics } from "./magics.ts";

export type Completeness =
  | { readonly status: "complete" | "invalid" }
  | { readonly status: "incomplete"; readonly indent: string };

const indentUnit = "  ";

/** Tells whether Enter should run the code: it is incomplete when the parser's first complaint is that it ended. */
export function isComplete(cell: string): Completeness {
  const { code, cellMagic } = readMagics(cell);
  const isText = cellMagic !== undefined && cellMagic.name !== "time";
  // As in IPython: an empty line ends what no parser can read.
  if (isText && !/\n[ \t]*$/.test(cell)) return { status: "incomplete", indent: "" };
  if (/^\s*!.*\\\s*$/.test(cell.split("\n").at(-1)!)) return { status: "incomplete", indent: "" };
  const { errors } = parseCell(code);
  const [error] = errors;
  if (error === undefined) {
    return { status: namelessClass(code) === undefined ? "complete" : "invalid" };
  }
  const end = code.trimEnd().length;
  const isAtEnd =
    error.labels.some(({ start }) => start >= end) ||
    error.message.startsWith("Unterminated multiline comment") ||
    (error.message.startsWith("Unterminated string") && code[error.labels[0]?.start ?? 0] === "`");
  return isAtEnd ? { status: "incomplete", indent: nextIndent(code) } : { status: "invalid" };
}

function nextIndent(code: string): string {
  const lastLine = code.trimEnd().split("\n").at(-1) ?? "";
  const current = /^\s*/.exec(lastLine)![0];
  return /[{([]$/.test(lastLine) ? current + indentUnit : current;
}
