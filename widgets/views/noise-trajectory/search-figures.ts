import {
  controlRows,
  planePoints,
  recordsOf,
  type NoiseTrajectoryState,
} from "../../models/noise-trajectory/noise-trajectory-protocol.ts";
import { comparisonWords } from "../../models/noise-trajectory/noise-trajectory-words.ts";
import type { ChartFigure } from "../plotly-chart.ts";

// Okabe and Ito's colours, apart for all common kinds of colour vision; dashes tell them apart without colour.
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const dashes = ["dash", "dot", "dashdot", "longdash", "longdashdot"];

/** The losses and the noise norm of one sample over iterations. */
export function lossFigure(state: NoiseTrajectoryState, iteration: number): ChartFigure {
  const own = recordsOf(state).filter(({ sample }) => sample === state.selectedSample);
  const x = own.map((record) => record.iteration);
  const term = (name: string, at: number): object => ({
    ...{ x, y: own.map(({ terms }) => terms[at]), name, type: "scatter", mode: "lines" },
    line: {
      color: colours[(at + 2) % colours.length],
      dash: dashes[at % dashes.length],
      width: 1.5,
    },
  });
  const newest = own.at(-1);
  return {
    data: [
      {
        ...{ x, y: own.map(({ objective }) => objective), name: "objective", type: "scatter" },
        ...{ mode: "lines+markers", marker: { size: 5 }, line: { color: colours[0], width: 2.5 } },
      },
      ...state.termNames.map(term),
      {
        ...{ x, y: own.map(({ noiseNorm }) => noiseNorm), name: "‖noise‖ (right)", yaxis: "y2" },
        ...{ type: "scatter", mode: "lines", line: { color: colours[1], width: 1.5 } },
      },
    ],
    layout: {
      xaxis: { title: { text: "iteration" }, range: [0, Math.max(1, state.totalIterations)] },
      yaxis: { title: { text: "loss" } },
      yaxis2: { overlaying: "y", side: "right", showgrid: false },
      shapes: [
        {
          ...{ type: "line", x0: iteration, x1: iteration, yref: "paper", y0: 0, y1: 1 },
          line: { color: colours[3], width: 1, dash: "dot" },
        },
      ],
    },
    words:
      newest === undefined
        ? "Losses by iteration: none yet."
        : `Losses of sample ${state.selectedSample + 1} by iteration: objective ${own[0]!.objective.toFixed(2)} at the start, ` +
          `${newest.objective.toFixed(2)} at iteration ${newest.iteration}, best ${newest.best.toFixed(2)}; ` +
          `noise norm ${newest.noiseNorm.toFixed(2)}.`,
  };
}

/** The ways of all samples through the plane, and all candidates of the control. */
export function planeFigure(state: NoiseTrajectoryState, iteration: number): ChartFigure {
  const points = planePoints(state);
  const control = points.filter(({ isControl }) => isControl);
  const way = (sample: number): object => {
    const own = points.filter((point) => !point.isControl && point.sample === sample);
    const isSelected = sample === state.selectedSample;
    return {
      ...{ x: own.map(({ x }) => x), y: own.map(({ y }) => y), type: "scatter", showlegend: false },
      ...{ mode: isSelected ? "lines+markers" : "lines", name: `sample ${sample + 1}` },
      ...{ text: own.map((point) => `iteration ${point.iteration}`), hoverinfo: "name+text" },
      marker: { size: 5, color: colours[0] },
      line: { color: isSelected ? colours[0] : colours[5], width: isSelected ? 2.5 : 1 },
      opacity: isSelected ? 1 : 0.65,
    };
  };
  const others = Array.from({ length: state.samples }, (_, sample) => sample).filter(
    (sample) => sample !== state.selectedSample,
  );
  const selected = points.filter(
    (point) => !point.isControl && point.sample === state.selectedSample,
  );
  const marked = (name: string, symbol: string, at: typeof selected): object => ({
    ...{ x: at.map(({ x }) => x), y: at.map(({ y }) => y), name, type: "scatter" },
    ...{ mode: "markers", hoverinfo: "name" },
    marker: { symbol, size: 12, color: colours[1], line: { width: 1, color: "#fff" } },
  });
  return {
    data: [
      {
        ...{ x: control.map(({ x }) => x), y: control.map(({ y }) => y), type: "scatter" },
        ...{ mode: "markers", name: "draws of best-of-N", hoverinfo: "name" },
        marker: { size: 4, color: colours[4], opacity: 0.7, symbol: "circle-open" },
      },
      ...[...others, state.selectedSample].map(way),
      marked("start", "diamond", selected.slice(0, 1)),
      marked(
        "shown",
        "cross",
        selected.filter((point) => point.iteration === iteration),
      ),
    ],
    layout: {
      xaxis: { title: { text: "first principal component" } },
      yaxis: { title: { text: "second" }, scaleanchor: "x" },
    },
    words:
      `Plane of all candidates (principal components of the ${state.space === "latents" ? "clean latents" : "initial noise"}): the ways of ` +
      `${state.samples} samples over ${selected.length} iterations, and ${control.length} draws of the control.`,
  };
}

/** The best objective so far over network calls, search against best-of-N. */
export function comparisonFigure(state: NoiseTrajectoryState): ChartFigure {
  const own = recordsOf(state).filter(({ sample }) => sample === state.selectedSample);
  const drawn = controlRows(state);
  return {
    data: [
      {
        ...{ x: own.map(({ networkCalls }) => networkCalls), y: own.map(({ best }) => best) },
        ...{ name: "search", type: "scatter", mode: "lines" },
        line: { color: colours[0], width: 2.5, shape: "hv" },
      },
      {
        ...{
          x: drawn.map(([calls]) => calls),
          y: drawn.map((row) => row[1 + state.selectedSample]),
        },
        ...{ name: "best of N", type: "scatter", mode: "lines" },
        line: { color: colours[1], width: 2.5, shape: "hv", dash: "dash" },
      },
    ],
    layout: {
      xaxis: { title: { text: "network calls" }, rangemode: "tozero" },
      yaxis: { title: { text: "best objective" } },
    },
    words:
      comparisonWords(state) || "Best objective over network calls: the control has not run yet.",
  };
}
