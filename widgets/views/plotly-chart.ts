import { element, oncePerFrame } from "./element.ts";

/** What a chart shows, as Plotly takes it, and in words. */
export interface ChartFigure {
  readonly data: readonly object[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** The chart for readers who do not see it. */
  readonly words: string;
}

export interface PlotlyChart {
  readonly node: HTMLElement;
  update(figure: ChartFigure): void;
}

/**
 * A chart drawn by Plotly, which is loaded when the first chart opens: 1.5 MB. Nothing in it leads to the network: no "Share
 * chart" button, no logo, no mode bar. It follows the page's theme.
 */
export function plotlyChart(heightPx: number, signal: AbortSignal): PlotlyChart {
  const plot = element("div", { "aria-hidden": "true" });
  plot.style.height = `${heightPx}px`;
  const node = element("div", { class: "cl-chart", role: "img", "aria-label": "Loading …" }, plot);
  let figure: ChartFigure | undefined;
  const loading = import("plotly.js-cartesian-dist-min").then((module) => module.default);
  const draw = oncePerFrame(signal, () => {
    void loading.then(async (plotly) => {
      if (signal.aborted || figure === undefined || !plot.isConnected) return;
      await plotly.react(plot, figure.data, themed(node, figure.layout, heightPx), {
        ...{ displayModeBar: false, displaylogo: false, showSendToCloud: false },
        ...{ plotlyServerURL: "", showTips: false },
      });
    });
  });
  const themes = new MutationObserver(draw);
  const attributeFilter = ["data-jp-theme-name", "data-jp-theme-light", "style", "class"];
  themes.observe(document.body, { attributes: true, attributeFilter });
  const resizes = new ResizeObserver(draw);
  resizes.observe(node);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => {
    themes.disconnect();
    resizes.disconnect();
    void loading.then((plotly) => {
      plotly.purge(plot);
    });
  });
  return {
    node,
    update(newest) {
      figure = newest;
      node.setAttribute("aria-label", newest.words);
      draw();
    },
  };
}

/** The layout in the colours of the page and as wide as its place. */
function themed(
  node: HTMLElement,
  layout: Readonly<Record<string, unknown>>,
  heightPx: number,
): object {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const line = colour("--cl-line");
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
  const axes = Object.fromEntries(
    Object.entries(layout).map(([name, value]) => [
      name,
      /^[xy]axis\d*$/.test(name) ? { ...axis, ...(value as object) } : value,
    ]),
  );
  return {
    ...{ width: node.clientWidth, height: heightPx, autosize: false },
    ...{ paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" },
    font: { family: style.fontFamily, size: 11, color: colour("--cl-text") },
    ...{ margin: { l: 52, r: 46, t: 8, b: 36 }, hovermode: "closest", dragmode: "zoom" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 11 } },
    ...axes,
  };
}
