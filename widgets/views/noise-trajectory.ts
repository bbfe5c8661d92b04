import { filmPixels, paintSquare } from "../drawing/film-canvas.ts";
import { fullWindow, windowLookup } from "../drawing/window-level.ts";
import {
  controlFilm,
  recordsOf,
  type NoiseTrajectoryRequest,
  type NoiseTrajectoryState,
} from "../models/noise-trajectory/noise-trajectory-protocol.ts";
import {
  comparisonWords,
  keptWords,
  newestRecords,
  searchPhaseWords,
} from "../models/noise-trajectory/noise-trajectory-words.ts";
import { cardStyle } from "./card-style.ts";
import { element, oncePerFrame, setAttribute } from "./element.ts";
import { filmPanel, type FilmPanel } from "./film-panel.ts";
import { bytesFromBinary, type InitializeContext, type RenderContext } from "./front-end.ts";
import { frameStore, type FrameStore } from "./noise-trajectory/frame-store.ts";
import { noiseTrajectoryStyle } from "./noise-trajectory/noise-trajectory-style.ts";
import { sampleChoice } from "./noise-trajectory/sample-choice.ts";
import { scrubber } from "./noise-trajectory/scrubber.ts";
import { comparisonFigure, lossFigure, planeFigure } from "./noise-trajectory/search-figures.ts";
import { plotlyChart } from "./plotly-chart.ts";

const chartHeightPx = 260;
const stateNames = [
  ...(["title", "imageSizePx", "phase", "isStopping", "message", "samples", "termNames"] as const),
  ...(["totalIterations", "records", "control", "space", "plane"] as const),
  ...(["selectedSample", "kept"] as const),
];

/** Starts to collect the model's films, for all its views. */
export function initialize(context: InitializeContext<NoiseTrajectoryState>): FrameStore {
  return frameStore(context);
}

/** Draws the search into `el` and keeps it up to date until `signal` is aborted. */
export function render({
  model,
  el,
  signal,
  shared,
}: RenderContext<NoiseTrajectoryState, FrameStore>): void {
  const store = shared ?? initialize({ model, signal });
  const state = (): NoiseTrajectoryState => {
    const values = Object.fromEntries(stateNames.map((name) => [name, model.get(name)]));
    const bytes = (name: "records" | "control" | "plane") => bytesFromBinary(model.get(name));
    return {
      ...(values as unknown as NoiseTrajectoryState),
      ...{ records: bytes("records"), control: bytes("control"), plane: bytes("plane") },
    };
  };
  const change = (patch: Partial<NoiseTrajectoryState>): void => {
    for (const name of Object.keys(patch) as (keyof NoiseTrajectoryState)[]) {
      model.set(name, patch[name]!);
    }
    model.save_changes();
  };
  const ask = (request: NoiseTrajectoryRequest): void => {
    model.send(request);
  };
  const button = (name: string, click: () => void): HTMLButtonElement => {
    const node = element("button", { type: "button" }, name);
    node.addEventListener("click", click);
    return node;
  };

  const title = model.get("title");
  const phase = element("span", { class: "cl-phase" });
  const stop = button("Stop", () => {
    ask({ type: "stop" });
  });
  const keep = button("Keep best", () => {
    ask({ type: "keep", sample: model.get("selectedSample") });
  });
  const fault = element("p", { class: "cl-failure", role: "alert" });
  const keptList = element("p", { class: "cl-quiet" });
  const samples = sampleChoice((sample) => {
    change({ selectedSample: sample });
  });
  const update = oncePerFrame(signal, () => {
    draw();
  });
  const scrub = scrubber(update, signal);
  const panels = {
    start: filmPanel(),
    shown: filmPanel(),
    best: filmPanel(),
    control: filmPanel(),
  };
  const films = element("div", { class: "cl-films-of" });
  films.append(...Object.values(panels).map(({ node }) => node));
  const [losses, plane, comparison] = [
    plotlyChart(chartHeightPx, signal),
    plotlyChart(chartHeightPx, signal),
    plotlyChart(chartHeightPx, signal),
  ];
  const space = element(
    "select",
    { "aria-label": "What the plane shows" },
    element("option", { value: "latents" }, "clean latents"),
    element("option", { value: "noise" }, "initial noise"),
  );
  space.addEventListener("change", () => {
    change({ space: space.value === "noise" ? "noise" : "latents" });
  });
  const chart = (name: string, node: HTMLElement, ...controls: HTMLElement[]): HTMLElement =>
    element(
      "div",
      {},
      element(
        "div",
        { class: "cl-chart-head" },
        element("p", { class: "cl-chart-name" }, name),
        ...controls,
      ),
      node,
    );
  const compared = element("p", { class: "cl-compare" });
  const readOut = element("div", { class: "cl-unseen", role: "status" });
  const root = element(
    "section",
    { class: "cl-card cl-noise", "aria-label": title === "" ? "Noise search" : title },
    element("style", {}, cardStyle + noiseTrajectoryStyle),
    element(
      "div",
      { class: "cl-card-head" },
      element("p", { class: "cl-card-title" }, title === "" ? "Noise search" : title),
      phase,
    ),
    element("div", { class: "cl-row-of" }, stop, keep, keptList),
    fault,
    ...[samples.node, scrub.node, films, compared],
    element(
      "div",
      { class: "cl-noise-charts" },
      chart("Losses and noise norm", losses.node),
      chart("Way through all candidates", plane.node, space),
      chart("Search and best-of-N at equal compute", comparison.node),
    ),
    readOut,
  );
  el.append(root);

  const lookup = windowLookup(fullWindow);
  const show = (
    panel: FilmPanel,
    caption: string,
    film: Uint8Array | undefined,
    sizePx: number,
  ): void => {
    const { node, canvas } = panel;
    node.hidden = film === undefined;
    if (film === undefined) return;
    panel.name(caption, `sample ${model.get("selectedSample") + 1}`);
    const shownSizePx = canvas.clientWidth;
    paintSquare(canvas, filmPixels(film, lookup), sizePx, { isSmooth: true, shownSizePx });
  };
  let readPhase = "";
  const draw = (): void => {
    const now = state();
    const own = recordsOf(now).filter(({ sample }) => sample === now.selectedSample);
    const newest = newestRecords(now)[0]?.iteration ?? 0;
    const isRunning = now.phase === "running" || now.phase === "control";
    phase.textContent = searchPhaseWords(now);
    setAttribute(phase, "data-phase", now.phase);
    stop.disabled = !isRunning || now.isStopping;
    keep.disabled = own.length === 0;
    keep.textContent = `Keep best of sample ${now.selectedSample + 1}`;
    fault.hidden = now.message === "";
    fault.textContent = now.message;
    keptList.textContent =
      now.kept.length === 0 ? "" : `Kept: ${now.kept.map(keptWords).join("; ")}`;
    scrub.update(newest, (iteration) => {
      const record = own.find((each) => each.iteration === iteration);
      const value = record === undefined ? "" : `, objective ${record.objective.toFixed(3)}`;
      return `iteration ${iteration} of ${now.totalIterations}${value}`;
    });
    const { iteration } = scrub;
    const size = now.imageSizePx;
    samples.update(now.samples, now.selectedSample, size, (sample) =>
      store.filmAt(iteration, sample),
    );
    const bestRecord = own.find(
      ({ objective, best }) => objective === best && best === own.at(-1)!.best,
    );
    const best = bestRecord?.iteration ?? 0;
    const filmOf = (at: number): Uint8Array | undefined => store.filmAt(at, now.selectedSample);
    films.hidden = filmOf(0) === undefined;
    show(panels.start, "Start", filmOf(0), size);
    show(panels.shown, `Iteration ${iteration}`, filmOf(iteration), size);
    show(panels.best, `Best: iteration ${best}`, filmOf(best), size);
    show(panels.control, "Best of N", filmOf(controlFilm), size);
    space.value = now.space;
    compared.textContent = comparisonWords(now);
    compared.hidden = compared.textContent === "";
    losses.update(lossFigure(now, iteration));
    plane.update(planeFigure(now, iteration));
    comparison.update(comparisonFigure(now));
    // Not every iteration is read out: the slider's own value is, and each change of phase.
    const words = [
      now.isStopping ? "Stopping" : searchPhaseWords({ ...now, records: new Uint8Array() }),
      keptList.textContent,
      now.phase === "finished" ? comparisonWords(now) : "",
    ].join(". ");
    if (words !== readPhase) readOut.textContent = words;
    readPhase = words;
  };

  for (const name of stateNames) model.on(`change:${name}`, update);
  store.subscribe(update, signal);
  const resizes = new ResizeObserver(update);
  resizes.observe(root);
  signal.addEventListener("abort", () => {
    for (const name of stateNames) model.off(`change:${name}`, update);
    resizes.disconnect();
    root.remove();
  });
  update();
}
