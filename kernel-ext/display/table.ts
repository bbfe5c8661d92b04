import { inspect } from "node:util";
import { escapeHtml } from "./html.ts";

/** Values with a name for each row and column; a cell may be missing. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly unknown[] }[];
}

/** Marks a cell that has no value, which is not the value `undefined`. */
const missing = Symbol("missing");
/** Column of values that are no records. */
const valuesColumn = "Values";
const maxColumns = 40;

/** What `console.table` makes of a value; `undefined` for one that has no rows. */
export function tableOf(data: unknown, wanted?: readonly string[]): Table | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const entries = rowEntries(data);
  const columns = new Set<string>(wanted);
  let hasValues = false;
  for (const [, row] of entries) {
    if (!isRecord(row)) hasValues = true;
    else if (wanted === undefined) for (const key of Object.keys(row)) columns.add(key);
  }
  const names = [...columns];
  return {
    columns: hasValues ? [...names, valuesColumn] : names,
    rows: entries.map(([name, row]) => ({
      name,
      cells: [
        ...names.map((column) => (isRecord(row) && column in row ? row[column] : missing)),
        ...(hasValues ? [isRecord(row) ? missing : row] : []),
      ],
    })),
  };
}

/** Whether a value reads best as a table: a list of plain records. */
export function isTable(value: unknown): value is readonly Record<string, unknown>[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const columns = new Set<string>();
  for (const row of value as unknown[]) {
    if (!isPlainRecord(row)) return false;
    for (const key of Object.keys(row)) columns.add(key);
  }
  return columns.size > 0 && columns.size <= maxColumns;
}

/** A table as HTML; of a long one, the first and the last rows. */
export function tableHtml(
  { columns, rows }: Table,
  { maxRows = 60 }: { readonly maxRows?: number } = {},
): string {
  const half = Math.floor(maxRows / 2);
  const shown = rows.length > maxRows ? [...rows.slice(0, half), ...rows.slice(-half)] : rows;
  const head = ["", ...columns].map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = shown.map(({ name, cells }, index) => {
    const gap =
      rows.length > maxRows && index === half
        ? `<tr><th scope="row">⋮</th>${"<td>⋮</td>".repeat(columns.length)}</tr>\n`
        : "";
    const values = cells.map((cell) => `<td>${cellHtml(cell)}</td>`).join("");
    return `${gap}<tr><th scope="row">${escapeHtml(name)}</th>${values}</tr>`;
  });
  const size =
    rows.length > maxRows ? `<p>${rows.length} rows × ${columns.length} columns</p>` : "";
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>${size}`;
}

function cellHtml(cell: unknown): string {
  if (cell === missing) return "";
  if (typeof cell === "string") return escapeHtml(cell);
  return escapeHtml(inspect(cell, { depth: 1, breakLength: Infinity, maxArrayLength: 6 }));
}

function rowEntries(data: object): [name: string, row: unknown][] {
  if (data instanceof Map) {
    return [...(data as Map<unknown, unknown>)].map(([key, row]) => [keyText(key), row]);
  }
  if (data instanceof Set) return [...(data as Set<unknown>)].map((row, i) => [String(i), row]);
  return Object.entries(data);
}

function keyText(key: unknown): string {
  return typeof key === "string" ? key : inspect(key);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isPlainRecord(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
