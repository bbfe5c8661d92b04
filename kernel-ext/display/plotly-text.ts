import { isNumberArray } from "./numeric-array.ts";

/** A Plotly figure, of which anything may be missing. */
export interface PlotlyFigure {
  readonly data: readonly object[];
  readonly layout?: object;
}

const maxTraces = 20;

/** What a figure shows, in words: its titles, and of each trace the type, the name, the number of points and their range. */
export function plotlyText({ data, layout = {} }: PlotlyFigure): string {
  const { title, xaxis, yaxis } = layout as Readonly<Record<string, unknown>>;
  const axes = [
    ["x", titleOf((xaxis as Titled | undefined)?.title)],
    ["y", titleOf((yaxis as Titled | undefined)?.title)],
  ].flatMap(([axis, name]) => (name === undefined ? [] : [`${axis!}: ${name}`]));
  const heading = [
    "Plotly chart",
    ...[titleOf(title)].flatMap((text) => (text === undefined ? [] : [JSON.stringify(text)])),
    ...(axes.length === 0 ? [] : [`(${axes.join(", ")})`]),
  ].join(" ");
  const traces = data.slice(0, maxTraces).map((trace) => `  ${describeTrace(trace)}`);
  const rest = data.length - traces.length;
  return [heading, ...traces, ...(rest > 0 ? [`  and ${rest} more`] : [])].join("\n");
}

interface Titled {
  readonly title?: unknown;
}

/** Plotly takes a text, or an object that holds one. */
function titleOf(title: unknown): string | undefined {
  const text =
    typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  return typeof text === "string" && text !== "" ? text.replace(/<[^>]*>/g, " ").trim() : undefined;
}

function describeTrace(trace: object): string {
  const { type = "scatter", name, ...fields } = trace as Readonly<Record<string, unknown>>;
  const parts = ["x", "y", "z", "values", "labels"].flatMap((field) => {
    const text = describeValues(fields[field]);
    return text === undefined ? [] : [`${field} ${text}`];
  });
  const label = typeof name === "string" && name !== "" ? ` ${JSON.stringify(name)}` : "";
  return [`${String(type)}${label}`, ...parts].join(", ");
}

function describeValues(values: unknown): string | undefined {
  const isList = Array.isArray(values) || isNumberArray(values);
  if (!isList || values.length === 0) return undefined;
  const rows = Array.from(values as ArrayLike<unknown>);
  const isGrid = rows.every((row) => Array.isArray(row) || isNumberArray(row));
  const flat = isGrid ? rows.flatMap((row) => Array.from(row as ArrayLike<unknown>)) : rows;
  const size = isGrid ? `${rows.length} × ${(rows[0] as ArrayLike<unknown>).length}` : rows.length;
  const [first] = flat;
  if (flat.every((value) => typeof value === "string")) {
    return `${size} from ${String(first)} to ${String(flat.at(-1))}`;
  }
  const numbers = flat.filter((value): value is number => Number.isFinite(value));
  if (numbers.length === 0) return String(size);
  const { min, max } = numbers.reduce(
    (range, value) => ({ min: Math.min(range.min, value), max: Math.max(range.max, value) }),
    { min: Infinity, max: -Infinity },
  );
  return `${size} in [${short(min)}, ${short(max)}]`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
