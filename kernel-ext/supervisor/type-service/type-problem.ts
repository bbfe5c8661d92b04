import type { RunningModule } from "./cell-modules.ts";
import type { TextPosition } from "./text-position.ts";

/** A type error in a cell; lines and columns are 1-based, the end is behind the last character. */
export interface TypeProblem {
  readonly code: number;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What a checker reports, in the words of the language server protocol. */
export interface Diagnostic {
  readonly severity?: number;
  readonly code?: number | string;
  readonly message: string;
  readonly range: { readonly start: TextPosition; readonly end: TextPosition };
}

export interface CheckedCell {
  readonly source: string;
  readonly module: RunningModule;
  /** See `NameUses`. */
  readonly isDeferred: (index: number) => boolean;
}

const errorSeverity = 1;

/**
 * Errors that are none in a notebook: modules without types or not installed yet (the run says so), `import x = require()`, `export =`,
 * `export *` of CommonJS, a comma expression.
 */
const ignoredCodes: ReadonlySet<number> = new Set([2307, 2792, 7016, 2875, 1202, 1203, 2498, 2695]);
const codes = { cannotFindName: 2304, assignToImport: 2632, assignToConstant: 2588 } as const;
/** A name used before it is declared: a cell that declares it again may read what it was. */
const usedEarlyCodes: ReadonlySet<number> = new Set([2448, 2449, 2450, 2454]);

/** The errors of a cell as its author sees them: in his lines, without those that a notebook makes moot. */
export function typeProblems(diagnostics: readonly Diagnostic[], cell: CheckedCell): TypeProblem[] {
  return diagnostics
    .filter(({ severity = errorSeverity }) => severity === errorSeverity)
    .flatMap((diagnostic) => problemOf(diagnostic, cell) ?? []);
}

function problemOf(
  { code, message, range }: Diagnostic,
  { source, module, isDeferred }: CheckedCell,
): TypeProblem | undefined {
  const number = Number(code);
  const lines = source.split("\n");
  const { start, end } = range;
  const place = (at: TextPosition): TextPosition => ({
    line: at.line,
    character: at.character - (at.line === 0 ? module.headerLength : 0),
  });
  const from = place(start);
  if (from.character < 0 || from.line >= lines.length) return undefined;
  // Implicit types are allowed, as everywhere where one only tries something.
  if (ignoredCodes.has(number) || (number >= 7000 && number < 7060)) return undefined;
  const name = /'([^']+)'/.exec(message)?.[1] ?? "";
  if (usedEarlyCodes.has(number) && module.redeclared.has(name)) return undefined;
  // A function may use what a later cell declares.
  const index = lines.slice(0, from.line).join("\n").length + (from.line === 0 ? 0 : 1);
  if (number === codes.cannotFindName && isDeferred(index + from.character)) return undefined;
  if (number === codes.assignToImport && !module.constants.has(name)) return undefined;
  const to = place(end);
  return {
    ...(number === codes.assignToImport
      ? { code: codes.assignToConstant, message: assignedConstant(name) }
      : { code: number, message }),
    ...{ line: from.line + 1, column: from.character + 1 },
    ...{ endLine: to.line + 1, endColumn: to.character + 1 },
  };
}

function assignedConstant(name: string): string {
  return `Cannot assign to '${name}' because an earlier cell declared it as a constant.`;
}

const maxShown = 8;

/** The problems as text below a cell, each with its line and a mark under the place. */
export function describeProblems(
  problems: readonly TypeProblem[],
  { label, source }: { readonly label: string; readonly source: string },
): string {
  const lines = source.split("\n");
  const texts = problems.slice(0, maxShown).map((problem) => {
    const { line, column, endLine, endColumn, code, message } = problem;
    const text = lines[line - 1] ?? "";
    const end = endLine === line ? endColumn : text.length + 1;
    const number = String(line);
    const gap = " ".repeat(number.length);
    // Tabs stay tabs, so that the mark stands where the code does.
    const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
    const mark = "~".repeat(Math.max(1, end - column));
    return `${label}:${line}:${column} - TS${code}: ${message}\n  ${number} | ${text}\n  ${gap} | ${indent}${mark}\n`;
  });
  const more = problems.length - texts.length;
  return texts.join("") + (more > 0 ? `and ${more} more type errors\n` : "");
}
