import {
  curveRows,
  drawnLosses,
  type TrainingMonitorRequest,
  type TrainingMonitorState,
} from "../models/training-monitor/training-monitor-protocol.ts";
import { durationWords, phaseWords } from "../models/training-monitor/training-monitor-words.ts";
import { cardStyle } from "./card-style.ts";
import { element, oncePerFrame, setAttribute } from "./element.ts";
import { bytesFromBinary, type RenderContext } from "./front-end.ts";
import { lossPlot } from "./training-monitor/loss-plot.ts";
import { trainingMonitorStyle } from "./training-monitor/training-monitor-style.ts";

const stateNames = [
  ...(["title", "phase", "isEnded", "step", "totalSteps", "loss", "filmsPerSecond"] as const),
  ...(["etaSeconds", "learningRate", "message", "curve", "asked", "fault", "sample"] as const),
];

/** All that the views of a monitor show is in its state. */
export function initialize(): undefined {
  return undefined;
}

/** Draws the monitor into `el` and keeps it up to date until `signal` is aborted. */
export function render({
  model,
  el,
  signal,
}: RenderContext<TrainingMonitorState, undefined>): void {
  const ask = (request: TrainingMonitorRequest): void => {
    model.send(request);
  };
  const phase = element("span", { class: "cl-training-phase" });
  const bar = element("progress", { class: "cl-training-bar", "aria-label": "Steps done" });
  const reading = (name: string): { node: HTMLElement; value: HTMLElement } => {
    const value = element("dd", {}, "–");
    return { node: element("div", {}, element("dt", {}, name), value), value };
  };
  const step = reading("step");
  const loss = reading("loss");
  const speed = reading("films/s");
  const left = reading("left");
  const plot = lossPlot();
  const key = element(
    "ul",
    { class: "cl-training-key", "aria-hidden": "true" },
    ...drawnLosses.map(({ title }, curve) =>
      element("li", {}, element("i", { style: `border-color: var(--cl-curve-${curve})` }), title),
    ),
  );
  const pause = element("button", { type: "button" }, "Pause");
  const stop = element("button", { type: "button" }, "Stop");
  const sample = element("button", { type: "button" }, "Take a sample");
  const rate = element("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const setRate = element("button", { type: "button" }, "Set");
  const rateField = element(
    "div",
    { class: "cl-training-rate" },
    element("label", {}, "Learning rate ", rate),
    setRate,
  );
  const message = element("p", { class: "cl-training-message" });
  const fault = element("p", { class: "cl-failure", role: "alert" });
  const image = element("img", {});
  const caption = element("figcaption");
  const figure = element("figure", { class: "cl-training-sample" }, image, caption);
  const readOut = element("div", { class: "cl-unseen", role: "status" });
  const title = model.get("title");
  const root = element(
    "section",
    { class: "cl-card cl-training", "aria-label": `Training ${title}` },
    element("style", {}, cardStyle + trainingMonitorStyle),
    element(
      "div",
      { class: "cl-card-head" },
      element("p", { class: "cl-card-title" }, title),
      phase,
    ),
    bar,
    element("dl", { class: "cl-training-readings" }, step.node, loss.node, speed.node, left.node),
    plot.node,
    key,
    element("div", { class: "cl-row-of" }, pause, stop, sample, rateField),
    message,
    fault,
    figure,
    readOut,
  );
  el.append(root);

  const isPausable = (): boolean =>
    !model.get("isEnded") && model.get("phase") !== "paused" && model.get("phase") !== "pausing";
  pause.addEventListener("click", () => {
    ask({ type: isPausable() ? "pause" : "resume" });
  });
  stop.addEventListener("click", () => {
    ask({ type: "stop" });
  });
  sample.addEventListener("click", () => {
    ask({ type: "sample" });
  });
  const askRate = (): void => {
    if (!setRate.disabled) ask({ type: "setLearningRate", learningRate: Number(rate.value) });
  };
  setRate.addEventListener("click", askRate);
  // Not a form: JupyterLab keeps Enter from submitting one.
  rate.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") askRate();
  });

  let shownRate: number | undefined;
  let sampleUrl = "";
  let readPhase = "";
  const showSample = (): void => {
    const png = bytesFromBinary(model.get("sample"));
    figure.hidden = png.length === 0;
    if (figure.hidden) return;
    URL.revokeObjectURL(sampleUrl);
    sampleUrl = URL.createObjectURL(new Blob([png.slice()], { type: "image/png" }));
    image.src = sampleUrl;
    const words = `Validation films with each other's pathology after step ${model.get("sampleStep")}`;
    image.alt = words;
    caption.textContent = words;
  };
  const update = oncePerFrame(signal, () => {
    const state = Object.fromEntries(
      stateNames.map((name) => [name, model.get(name)]),
    ) as unknown as TrainingMonitorState;
    const { isEnded, asked, totalSteps, filmsPerSecond, etaSeconds, learningRate } = state;
    phase.textContent = phaseWords(state);
    setAttribute(phase, "data-phase", state.phase);
    bar.max = totalSteps;
    bar.value = state.step;
    step.value.textContent = `${state.step} of ${totalSteps}`;
    loss.value.textContent = state.loss?.toFixed(4) ?? "–";
    speed.value.textContent = filmsPerSecond?.toFixed(0) ?? "–";
    left.value.textContent = isEnded || etaSeconds === null ? "–" : durationWords(etaSeconds);
    plot.update(curveRows(bytesFromBinary(state.curve)), totalSteps);
    pause.textContent = isPausable() ? "Pause" : "Resume";
    pause.disabled = asked !== "" || state.phase === "finished";
    stop.disabled = asked !== "" || isEnded;
    sample.disabled = asked !== "" || isEnded;
    sample.textContent = asked === "sample" ? "Drawing …" : "Take a sample";
    setRate.disabled = asked !== "" || isEnded;
    rate.disabled = isEnded;
    // What the reader is typing stays.
    if (learningRate !== shownRate && document.activeElement !== rate) {
      rate.value = String(learningRate);
      shownRate = learningRate;
    }
    message.textContent = state.message;
    message.hidden = state.message === "";
    fault.textContent = state.fault;
    fault.hidden = state.fault === "";
    const words = `${phaseWords(state)}${state.message === "" ? "" : `: ${state.message}`}`;
    if (words !== readPhase) readOut.textContent = `Training ${words}`;
    readPhase = words;
  });
  for (const name of stateNames) model.on(`change:${name}`, update);
  model.on("change:sample", showSample);
  const resizes = new ResizeObserver(update);
  resizes.observe(root);
  signal.addEventListener("abort", () => {
    for (const name of stateNames) model.off(`change:${name}`, update);
    model.off("change:sample", showSample);
    resizes.disconnect();
    URL.revokeObjectURL(sampleUrl);
    root.remove();
  });
  showSample();
  update();
}
