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

/** One number, with its interval where there is one. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface BarChartOptions {
  readonly title: string;
  /** What the numbers are, with their unit. */
  readonly x: string;
  readonly bars: readonly Bar[];
  readonly logX?: boolean;
  /** Bars from 0 (1 on a logarithmic axis), or dots where 0 means nothing; bars when omitted. */
  readonly marks?: "bars" | "dots";
  /** A line to compare with, such as chance. */
  readonly reference?: { readonly label: string; readonly value: number };
}

const TOP_PX = 38;
const ROW_PX = 24;

/** Draws numbers below each other, one row each, with their intervals. */
export function barChart({
  title,
  x: xTitle,
  bars,
  logX = false,
  marks = "bars",
  reference,
}: BarChartOptions): Chart {
  const words = bars.map(({ value, low, high }) =>
    low === undefined || high === undefined
      ? shortNumber(value)
      : `${shortNumber(value)} [${shortNumber(low)}, ${shortNumber(high)}]`,
  );
  const left = 24 + Math.max(40, ...bars.map(({ label }) => textWidthPx(label)));
  const right = CHART_WIDTH_PX - 24 - Math.max(...words.map(textWidthPx));
  const bottom = TOP_PX + bars.length * ROW_PX;
  const base = logX ? 1 : 0;
  const x = fitAxis(
    [
      ...bars.flatMap(({ value, low = value, high = value }) => [value, low, high]),
      ...(reference === undefined ? [] : [reference.value]),
    ],
    [left, right],
    { isLogarithmic: logX, includes: marks === "bars" ? [base] : [] },
  );
  const colour = CHART_COLOURS[0];
  const axis = [
    ...x.ticks.flatMap((tick) => [
      svgLine([x.at(tick), TOP_PX - 6], [x.at(tick), bottom], { colour: "#e4e4e4" }),
      svgText([x.at(tick), bottom + 16], shortNumber(tick), { anchor: "middle" }),
    ]),
    svgText([(left + right) / 2, bottom + 36], xTitle, { anchor: "middle" }),
  ];
  const rows = bars.map(({ label, value, low, high }, row) => {
    const y = TOP_PX + row * ROW_PX + ROW_PX / 2;
    const [from, to] = [x.at(base), x.at(value)];
    const mark =
      marks === "dots"
        ? `<circle cx="${round(to)}" cy="${y}" r="5" fill="${colour}"/>`
        : `<rect x="${round(Math.min(from, to))}" y="${y - 7}" width="${round(Math.abs(to - from))}" height="14" fill="${colour}" opacity="0.75"/>`;
    const interval =
      low === undefined || high === undefined
        ? ""
        : svgLine([x.at(low), y], [x.at(high), y], { colour: "#222222", width: 2 });
    return (
      mark +
      interval +
      svgText([left - 10, y + 4], label, { anchor: "end" }) +
      svgText([right + 12, y + 4], words[row]!)
    );
  });
  const compared =
    reference === undefined
      ? []
      : [
          svgLine([x.at(reference.value), TOP_PX - 6], [x.at(reference.value), bottom], {
            colour: CHART_COLOURS[1],
            width: 2,
          }),
          svgText([x.at(reference.value), TOP_PX - 10], reference.label, {
            anchor: "middle",
            colour: CHART_COLOURS[1],
          }),
        ];
  return svgChart(
    title,
    bottom + 48,
    [...axis, ...rows, ...compared],
    bars.map(({ label }, row) => `${label}: ${words[row]!}`),
  );
}
