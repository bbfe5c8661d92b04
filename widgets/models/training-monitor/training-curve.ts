import { curveWidth, drawnLosses } from "./training-monitor-protocol.ts";

/** A curve is drawn through at most this many averages. */
const mostPoints = 240;

/** Averages a run's losses over equally many steps, as `curve` of the monitor's state holds them. */
export function averagedCurve(history: readonly Readonly<Record<string, number>>[]): Uint8Array {
  const size = Math.max(1, Math.ceil(history.length / mostPoints));
  const count = Math.ceil(history.length / size);
  const values = new Float32Array(count * curveWidth);
  for (let group = 0; group < count; group++) {
    const rows = history.slice(group * size, (group + 1) * size);
    const mean = (name: string): number =>
      rows.reduce((sum, row) => sum + (row[name] ?? NaN), 0) / rows.length;
    values.set([mean("step"), ...drawnLosses.map(({ name }) => mean(name))], group * curveWidth);
  }
  return new Uint8Array(values.buffer);
}

/** The decades that a logarithmic axis must span to show all losses. */
export interface LogRange {
  readonly low: number;
  readonly high: number;
}

/** Where a loss lies on a logarithmic axis, 0 at the bottom to 1 at the top. */
export function logPlace(value: number, { low, high }: LogRange): number {
  return (Math.log10(Math.max(value, 1e-9)) - low) / (high - low);
}

/** The range of the losses in `rows` (of `curveRows`). */
export function logRange(rows: readonly (readonly number[])[]): LogRange {
  const logs = rows
    .flatMap((row) => row.slice(1))
    .filter((value) => value > 0 && value < Infinity)
    .map((value) => Math.log10(value));
  if (logs.length === 0) return { low: -1, high: 0 };
  const low = Math.min(...logs);
  return { low, high: Math.max(...logs, low + 0.1) };
}

/** Losses to name on the axis: 1, 2 and 5 times powers of ten within the range, or its ends. */
export function logTicks({ low, high }: LogRange): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const factor of [1, 2, 5]) ticks.push(Number((factor * 10 ** power).toPrecision(3)));
  }
  const inside = ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
  const decades = inside.filter((tick) => Number.isInteger(Math.log10(tick)));
  const chosen = inside.length > 7 && decades.length > 1 ? decades : inside;
  return chosen.length > 1
    ? chosen
    : [10 ** low, 10 ** high].map((end) => Number(end.toPrecision(2)));
}
