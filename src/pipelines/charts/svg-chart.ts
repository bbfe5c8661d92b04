import { displayMethod, type Displayable } from "../display-method.ts";

/** A chart as an SVG picture of its own, which notebooks, GitHub and pages show alike. */
export interface Chart extends Displayable {
  readonly svg: string;
  /** What it shows, in words and numbers. */
  readonly text: string;
}

export const CHART_WIDTH_PX = 660;

/** Colours that are told apart on white, also by readers who see few colours (Okabe and Ito 2008). */
export const CHART_COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#a0558c",
  "#8a6d00",
  "#3f8fc5",
  "#555555",
] as const;

/** Makes text safe inside HTML and SVG. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** One line of text; `weight` and `anchor` as in SVG. */
export function svgText(
  [x, y]: readonly [x: number, y: number],
  words: string,
  {
    anchor = "start",
    colour = "#222222",
    weight = "normal",
    turned = false,
  }: {
    readonly anchor?: "start" | "middle" | "end";
    readonly colour?: string;
    readonly weight?: "normal" | "bold";
    /** Read from below to above. */
    readonly turned?: boolean;
  } = {},
): string {
  const turn = turned ? ` transform="rotate(-90 ${round(x)} ${round(y)})"` : "";
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}" font-weight="${weight}"${turn}>${escapeMarkup(words)}</text>`;
}

export function svgLine(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  { colour, width = 1 }: { readonly colour: string; readonly width?: number },
): string {
  return `<line x1="${round(fromX)}" y1="${round(fromY)}" x2="${round(toX)}" y2="${round(toY)}" stroke="${colour}" stroke-width="${width}"/>`;
}

/** Puts a chart's parts on white, under its title: pages are light or dark. */
export function svgChart(
  title: string,
  heightPx: number,
  parts: readonly string[],
  text: readonly string[],
): Chart {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART_WIDTH_PX} ${heightPx}" width="${CHART_WIDTH_PX}" height="${heightPx}" role="img" aria-label="${escapeMarkup(title)}" font-family="sans-serif" font-size="12">` +
    `<rect width="${CHART_WIDTH_PX}" height="${heightPx}" fill="#ffffff"/>` +
    `${svgText([14, 20], title, { weight: "bold" })}${parts.join("")}</svg>`;
  const words = [title, ...text].join("\n");
  return {
    svg,
    text: words,
    [displayMethod]: () => ({ "image/svg+xml": svg, "text/plain": words }),
  };
}

/** How wide a text is about, at the charts' size. */
export function textWidthPx(text: string): number {
  return text.length * 6.6;
}

/** A number in as few digits as tell it. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return size < 0.001 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
