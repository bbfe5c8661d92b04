import { fitAxis } from "./axis.ts";
import {
  CHART_COLOURS,
  CHART_WIDTH_PX,
  round,
  shortNumber,
  svgChart,
  svgLine,
  svgText,
  textWidthPx,
  type Chart,
} from "./svg-chart.ts";

/** One curve; points without a finite y are left out. */
export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Lower and upper ends of a band around each point. */
  readonly band?: readonly (readonly [low: number, high: number])[];
  /** A dot at each point: shown up to 40 points when omitted. */
  readonly hasDots?: boolean;
}

export interface LineChartOptions {
  readonly title: string;
  /** What the axes say, with units. */
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
  /** Equal steps of x are equal factors. */
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** Values that the vertical axis must reach, such as [0, 1]. */
  readonly yIncludes?: readonly number[];
}

const HEIGHT_PX = 300;
const TOP_PX = 34;
const LEFT_PX = 66;

/** Draws curves over one axis. */
export function lineChart({
  title,
  x: xTitle,
  y: yTitle,
  curves,
  logX = false,
  logY = false,
  yIncludes = [],
}: LineChartOptions): Chart {
  const key = 40 + Math.max(...curves.map(({ label }) => textWidthPx(label)));
  const [right, bottom] = [CHART_WIDTH_PX - key, HEIGHT_PX - 46];
  const finite = curves.map(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  const x = fitAxis(
    finite.flat().map(([value]) => value),
    [LEFT_PX, right],
    { isLogarithmic: logX },
  );
  const y = fitAxis(
    [...finite.flat().map(([, value]) => value), ...curves.flatMap(({ band = [] }) => band.flat())],
    [bottom, TOP_PX],
    { isLogarithmic: logY, includes: yIncludes },
  );
  const grid = { colour: "#e4e4e4" };
  const axes = [
    ...x.ticks.flatMap((tick) => [
      svgLine([x.at(tick), TOP_PX], [x.at(tick), bottom], grid),
      svgText([x.at(tick), bottom + 16], shortNumber(tick), { anchor: "middle" }),
    ]),
    ...y.ticks.flatMap((tick) => [
      svgLine([LEFT_PX, y.at(tick)], [right, y.at(tick)], grid),
      svgText([LEFT_PX - 6, y.at(tick) + 4], shortNumber(tick), { anchor: "end" }),
    ]),
    svgText([(LEFT_PX + right) / 2, HEIGHT_PX - 10], xTitle, { anchor: "middle" }),
    svgText([16, (TOP_PX + bottom) / 2], yTitle, { anchor: "middle", turned: true }),
  ];
  const place = (px: number, py: number) => `${round(x.at(px))},${round(y.at(py))}`;
  const marks = curves.map(({ label, band, points, hasDots = points.length <= 40 }, at) => {
    const colour = CHART_COLOURS[at % CHART_COLOURS.length]!;
    const area =
      band === undefined
        ? ""
        : `<polygon points="${[
            ...points.map(([px], row) => place(px, band[row]![0])),
            ...points.map(([px], row) => place(px, band[row]![1])).reverse(),
          ].join(" ")}" fill="${colour}" opacity="0.15"/>`;
    const places = finite[at]!.map(([px, py]) => place(px, py));
    const dots = places.map((each) => {
      const [cx, cy] = each.split(",") as [string, string];
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
    });
    const keyY = TOP_PX + 12 + at * 19;
    return (
      `${area}<polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      (hasDots ? dots.join("") : "") +
      svgLine([right + 10, keyY - 4], [right + 26, keyY - 4], { colour, width: 3 }) +
      svgText([right + 31, keyY], label, { colour })
    );
  });
  const words = curves.map(({ label, points }) => {
    // A long curve is told by its ends.
    const told = points.length <= 12 ? points : [points[0]!, points.at(-1)!];
    return `${label}: ${told.map(([px, py]) => `${shortNumber(px)} → ${shortNumber(py)}`).join(", ")}`;
  });
  return svgChart(title, HEIGHT_PX, [...axes, ...marks], words);
}
