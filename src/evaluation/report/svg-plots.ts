import type { Estimate } from "../../metrics/index.ts";

/** One line of an interval plot. */
export interface IntervalRow {
  readonly label: string;
  readonly value: Pick<Estimate, "estimate" | "low" | "high">;
}

/** One curve of a line plot. */
export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 640;
const LEFT = 60;
const COLOURS = [
  "#1f77b4",
  "#d62728",
  "#2ca02c",
  "#9467bd",
  "#ff7f0e",
  "#8c564b",
  "#17becf",
  "#7f7f7f",
];

/** Makes text safe inside HTML and SVG. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Estimates as dots with their intervals, one row each, as an SVG picture. */
export function intervalPlot(title: string, rows: readonly IntervalRow[]): string {
  const scale = scaleOf(
    rows.flatMap(({ value: { low, high, estimate } }) => [low, high, estimate]),
    [LEFT, WIDTH - 20],
  );
  const height = 50 + rows.length * 22;
  const marks = rows.map(({ label, value }, at) => {
    const y = 40 + at * 22;
    const text = `${value.estimate.toPrecision(3)} [${value.low.toPrecision(3)}, ${value.high.toPrecision(3)}]`;
    return (
      `<g><title>${escapeMarkup(`${label}: ${text}`)}</title>` +
      `<line x1="${scale.at(value.low)}" x2="${scale.at(value.high)}" y1="${y}" y2="${y}" stroke="#1f77b4" stroke-width="2"/>` +
      `<circle cx="${scale.at(value.estimate)}" cy="${y}" r="4" fill="#1f77b4"/>` +
      `<text x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${escapeMarkup(label)}</text></g>`
    );
  });
  return frame(title, height, [...xAxis(scale, height), ...marks]);
}

/** Curves over one axis, as an SVG picture. */
export function linePlot(title: string, curves: readonly Curve[]): string {
  const points = curves.flatMap(({ points: own }) => own);
  const height = 260;
  const x = scaleOf(
    points.map(([value]) => value),
    [LEFT, WIDTH - 150],
  );
  const y = scaleOf(
    points.map(([, value]) => value),
    [height - 30, 30],
  );
  const marks = curves.map(({ label, points: own }, at) => {
    const colour = COLOURS[at % COLOURS.length]!;
    const places = own.map(([px, py]) => `${x.at(px)},${y.at(py)}`);
    return (
      `<polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      places
        .map(
          (place) =>
            `<circle cx="${place.split(",")[0]!}" cy="${place.split(",")[1]!}" r="3" fill="${colour}"/>`,
        )
        .join("") +
      `<text x="${WIDTH - 140}" y="${36 + at * 16}" fill="${colour}">${escapeMarkup(label)}</text>`
    );
  });
  const sides = y.ticks.map(
    (tick) =>
      `<text x="${LEFT - 8}" y="${y.at(tick) + 4}" text-anchor="end">${tick.toPrecision(3)}</text>`,
  );
  return frame(title, height, [...xAxis(x, height), ...sides, ...marks]);
}

interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

function scaleOf(values: readonly number[], [from, to]: readonly [number, number]): Scale {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const margin = (most - least || Math.abs(most) || 1) * 0.06;
  const [low, high] = [least - margin, most + margin];
  return {
    at: (value) => Math.round(10 * (from + ((value - low) / (high - low)) * (to - from))) / 10,
    ticks: [0, 1, 2, 3, 4].map((step) => least + ((most - least) * step) / 4),
  };
}

function xAxis(scale: Scale, height: number): string[] {
  return scale.ticks.flatMap((tick) => [
    `<line x1="${scale.at(tick)}" x2="${scale.at(tick)}" y1="26" y2="${height - 20}" stroke="#ddd"/>`,
    `<text x="${scale.at(tick)}" y="${height - 6}" text-anchor="middle">${tick.toPrecision(3)}</text>`,
  ]);
}

function frame(title: string, height: number, content: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-label="${escapeMarkup(title)}" font-family="sans-serif" font-size="11">` +
    `<text x="${LEFT}" y="16" font-size="13" font-weight="bold">${escapeMarkup(title)}</text>${content.join("")}</svg>`
  );
}
