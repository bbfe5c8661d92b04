import { inspect } from "node:util";

export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Numbers with a shape. */
export interface NumericArray {
  /** What its owner calls it, e.g. `Tensor`. */
  readonly kind: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: NumberArray;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Arrays up to this length are shown whole. */
export const shownWhole = 20;
const maxValues = 200;

export function isNumberArray(value: unknown): value is NumberArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/** Smallest and largest number, NaN left out; `undefined` when there is none. */
export function rangeOf(data: NumberArray): NumberRange | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/** One line on what an array holds, then its values, or the first of them. */
export function summarize({ kind, dtype, shape, data }: NumericArray): string {
  const size = shape.length === 0 ? "scalar" : `[${shape.join(" × ")}]`;
  const headline = [`${kind} ${dtype} ${size}`.replace(/\s+/g, " "), statistics(data)]
    .filter((part) => part !== "")
    .join("  ");
  if (data.length === 0) return headline;
  if (data.length > maxValues) {
    const first = Array.from(data.subarray(0, 8), (value) => formatNumber(value)).join(", ");
    return `${headline}\n[ ${first}, … ]`;
  }
  const values = inspect(nested(data, shape), { depth: Infinity, compact: 3, breakLength: 80 });
  return `${headline}\n${values}`;
}

function statistics(data: NumberArray): string {
  const range = rangeOf(data);
  let sum = 0;
  let notNumbers = 0;
  for (const value of data) {
    if (Number.isNaN(value)) notNumbers += 1;
    else sum += value;
  }
  const mean = sum / (data.length - notNumbers);
  const numbers =
    range === undefined || data.length < 2
      ? ""
      : `min ${formatNumber(range.min)}, max ${formatNumber(range.max)}, mean ${formatNumber(mean)}`;
  const others = notNumbers === 0 ? "" : `${notNumbers} NaN`;
  return [numbers, others].filter((part) => part !== "").join(", ");
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function nested(data: NumberArray, shape: readonly number[]): unknown {
  if (shape.length === 0) return data[0];
  if (shape.length === 1) return Array.from(data, (value) => Number(value.toPrecision(6)));
  const [count = 0, ...rest] = shape;
  const step = rest.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, index) =>
    nested(data.subarray(index * step, (index + 1) * step), rest),
  );
}
