import { inspect } from "node:util";
import { arrayPicture } from "./array-picture.ts";
import {
  isNumberArray,
  shownWhole,
  summarize,
  type NumberArray,
  type NumericArray,
} from "./numeric-array.ts";
import { plotlyText } from "./plotly-text.ts";
import { isTable, tableHtml, tableOf } from "./table.ts";

type Bundle = Readonly<Record<string, unknown>>;

/** How values show that say nothing about it themselves: as pictures, tables, charts, summaries, and always as text. */
export function richBundle(value: unknown): Bundle | Promise<Bundle> {
  if (typeof value !== "object" || value === null) return { "text/plain": inspect(value) };
  return (
    imageBundle(value) ??
    arrayBundle(value) ??
    chartBundle(value) ??
    elementBundle(value) ?? {
      "text/plain": describe(value),
      ...(isTable(value) ? { "text/html": tableHtml(tableOf(value)!) } : {}),
    }
  );
}

/** What cannot be seen before it is awaited says so. */
function describe(value: object): string {
  const text = inspect(value);
  if (value instanceof Promise) {
    const plain = withoutAsyncIds(text);
    return plain.includes("<pending>") ? `${plain} (await it to see its value)` : plain;
  }
  const isLazy =
    Symbol.asyncIterator in value && /^(?:Object )?\[?Async(?:Generator|From)/.test(text);
  return isLazy ? `${text} (read it with for await)` : text;
}

/** Node leaves its own notes on promises where async hooks are in use. */
function withoutAsyncIds(text: string): string {
  // Node 24 writes symbols without brackets.
  const note = /^ +\[?Symbol\((?:async_id_symbol|trigger_async_id_symbol|kResourceStore)\)\]?: .*$/;
  const lines = text.split("\n").filter((line) => !note.test(line));
  return lines.length === 3 && lines.length < text.split("\n").length
    ? lines.map((line) => line.trim().replace(/,$/, "")).join(" ")
    : lines.join("\n");
}

const imageTypes: readonly (readonly [type: string, starts: RegExp])[] = [
  ["image/png", /^.PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
];

/** Bytes of an image file. */
function imageBundle(value: object): Bundle | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const start = Buffer.from(value.subarray(0, 12)).toString("latin1");
  const type = imageTypes.find(([, starts]) => starts.test(start))?.[0];
  if (type === undefined) return undefined;
  const text = `${type.slice("image/".length).toUpperCase()} image, ${value.length.toLocaleString("en")} bytes`;
  return { [type]: Buffer.from(value).toString("base64"), "text/plain": text };
}

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed?: boolean;
  data(): Promise<NumberArray>;
}

function arrayBundle(value: object): Bundle | Promise<Bundle> | undefined {
  if (isTensor(value)) {
    const { shape, dtype, isDisposed } = value;
    const kind = "Tensor";
    if (isDisposed === true) {
      return { "text/plain": `${kind} ${dtype} [${shape.join(" × ")}], disposed` };
    }
    return readTensor(value).then(
      (data) =>
        isNumberArray(data)
          ? numericBundle({ kind, dtype, shape, data })
          : { "text/plain": inspect(data) },
      () => ({ "text/plain": inspect(value, { depth: 0 }) }),
    );
  }
  if (isNumberArray(value)) {
    if (value.length <= shownWhole || Buffer.isBuffer(value)) return undefined;
    const kind = value.constructor.name;
    return numericBundle({ kind, dtype: "", shape: [value.length], data: value });
  }
  const { data, shape } = value as { readonly data?: unknown; readonly shape?: unknown };
  if (!isNumberArray(data) || !isShape(shape) || data.length !== sizeOf(shape)) return undefined;
  const dtype = data.constructor.name.replace(/(?:Clamped)?Array$/, "").toLowerCase();
  return numericBundle({ kind: "Array", dtype, shape, data });
}

async function readTensor(tensor: TensorLike): Promise<NumberArray> {
  return tensor.data();
}

function numericBundle(array: NumericArray): Bundle {
  const picture = arrayPicture(array);
  return {
    "text/plain": summarize(array),
    ...(picture === undefined ? {} : { "image/png": Buffer.from(picture).toString("base64") }),
  };
}

function isTensor(value: object): value is TensorLike {
  const { shape, dtype, data, dataSync } = value as Readonly<Record<string, unknown>>;
  return (
    isShape(shape) &&
    typeof dtype === "string" &&
    typeof data === "function" &&
    typeof dataSync === "function"
  );
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.every((size) => Number.isInteger(size));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Specifications of Vega, Vega-Lite and Plotly charts. */
function chartBundle(value: object): Bundle | undefined {
  const { $schema: schema, data, layout } = value as Readonly<Record<string, unknown>>;
  if (typeof schema === "string") {
    const [, library, version] =
      /vega\.github\.io\/schema\/(vega(?:-lite)?)\/v(\d+)/.exec(schema) ?? [];
    if (library === undefined) return undefined;
    const [name, type] = library === "vega" ? ["Vega", "vega"] : ["Vega-Lite", "vegalite"];
    return {
      [`application/vnd.${type}.v${version}+json`]: asJson(value),
      "text/plain": `${name} chart`,
    };
  }
  if (!isPlotly(data, layout)) return undefined;
  const { config } = value as { readonly config?: object };
  return {
    // Nothing leaves the machine, whatever a button would offer.
    "application/vnd.plotly.v1+json": {
      ...asJson(value),
      config: { ...config, showSendToCloud: false },
    },
    // All that a viewer without Plotly can show: there is no picture of it without a browser.
    "text/plain": plotlyText({ data, layout: layout ?? {} }),
  };
}

/** JSON would write typed arrays as objects. */
function asJson(value: object): object {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    isNumberArray(part) ? Array.from(part) : part,
  );
  return JSON.parse(text) as object;
}

const traceKeys = ["x", "y", "z", "values", "labels", "locations", "lat", "r", "theta", "nodes"];

function isPlotly(data: unknown, layout: unknown): data is readonly object[] {
  if (!Array.isArray(data) || data.length === 0) return false;
  if (layout !== undefined && (typeof layout !== "object" || layout === null)) return false;
  const isTrace = (trace: unknown): boolean =>
    typeof trace === "object" &&
    trace !== null &&
    traceKeys.some((key) => {
      const values = (trace as Record<string, unknown>)[key];
      return Array.isArray(values) || isNumberArray(values);
    }) &&
    (layout !== undefined || "type" in trace);
  return data.every(isTrace);
}

/** Elements of a DOM that a cell made, e.g. a plot in jsdom. */
function elementBundle(value: object): Bundle | undefined {
  const { outerHTML: html, nodeType } = value as Readonly<Record<string, unknown>>;
  if (typeof html !== "string" || nodeType !== 1) return undefined;
  const type = html.startsWith("<svg") ? "image/svg+xml" : "text/html";
  return { [type]: html, "text/plain": `${html.slice(0, 80)}${html.length > 80 ? "…" : ""}` };
}
