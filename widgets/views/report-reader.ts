import { filmPixels, paintSquare } from "../drawing/film-canvas.ts";
import { windowLookup } from "../drawing/window-level.ts";
import type {
  ReportReaderRequest,
  ReportReaderState,
} from "../models/report-reader/report-reader-protocol.ts";
import { cardStyle } from "./card-style.ts";
import { element, oncePerFrame } from "./element.ts";
import { filmPanel } from "./film-panel.ts";
import { bytesFromBinary, type RenderContext } from "./front-end.ts";
import { findingList } from "./report-reader/finding-list.ts";
import { markedText } from "./report-reader/marked-text.ts";
import { reportReaderStyle } from "./report-reader/report-reader-style.ts";
import { zoneOutline } from "./report-reader/zone-outline.ts";
import { dragWindow } from "./window-drag.ts";

const stateNames = [
  ...(["findings", "film", "imageCaption", "windowCenter", "windowWidth"] as const),
  ...(["canUndo", "canRedo", "fault"] as const),
];

/** All that the views of a report show is in its state. */
export function initialize(): undefined {
  return undefined;
}

/** Draws the report into `el` and keeps it up to date until `signal` is aborted. */
export function render({ model, el, signal }: RenderContext<ReportReaderState, undefined>): void {
  const ask = (request: ReportReaderRequest): void => {
    model.send(request);
  };
  const button = (name: string, click: () => void): HTMLButtonElement => {
    const node = element("button", { type: "button" }, name);
    node.addEventListener("click", click);
    return node;
  };
  const outline = zoneOutline();
  const light = (ids: readonly number[]): void => {
    text.light(ids);
    list.light(ids);
    outline.update(model.get("findings").find(({ id }) => ids.includes(id)));
  };
  const text = markedText(model.get("text"), {
    lit: light,
    chosen: (id) => {
      list.focus(id);
    },
  });
  const list = findingList({
    lit: light,
    correct: (id, patch) => {
      ask({ type: "correct", id, patch });
    },
    remove: (id) => {
      ask({ type: "remove", id });
      name.focus();
    },
  });
  const name = element(
    "select",
    { "aria-label": "Finding to add" },
    ...model.get("names").map((value) => element("option", { value }, value.replaceAll("_", " "))),
  );
  const evidence = element("input", {
    ...{ type: "text", autocomplete: "off", "aria-label": "Evidence of the finding to add" },
    placeholder: "words of the report, or select them",
  });
  document.addEventListener(
    "selectionchange",
    () => {
      const selected = text.selection();
      if (selected !== "") evidence.value = selected;
    },
    { signal },
  );
  const add = button("Add", () => {
    ask({ type: "add", name: name.value, evidence: evidence.value.trim() });
  });
  const undo = button("Undo", () => {
    ask({ type: "undo" });
  });
  const redo = button("Redo", () => {
    ask({ type: "redo" });
  });
  const fault = element("p", { class: "cl-failure", role: "alert" });
  const film = filmPanel();
  film.well.append(...outline.nodes);
  dragWindow(
    film.canvas,
    {
      get: (field) => model.get(field),
      change(patch) {
        model.set("windowCenter", patch.windowCenter);
        model.set("windowWidth", patch.windowWidth);
        model.save_changes();
      },
    },
    signal,
  );
  const title = model.get("title");
  const readOut = element("div", { class: "cl-unseen", role: "status" });
  const parts = element(
    "div",
    { class: "cl-report-parts" },
    text.node,
    element(
      "div",
      {},
      list.node,
      element("div", { class: "cl-row-of cl-add" }, name, evidence, add, undo, redo),
      fault,
    ),
    film.node,
  );
  const root = element(
    "section",
    { class: "cl-card cl-report", "aria-label": title === "" ? "Report" : title },
    element("style", {}, cardStyle + reportReaderStyle),
    element(
      "div",
      { class: "cl-card-head" },
      element("p", { class: "cl-card-title" }, title === "" ? "Report" : title),
      element("span", { class: "cl-quiet" }, "+ positive, − negative, ? uncertain"),
    ),
    parts,
    readOut,
  );
  el.append(root);

  let read = JSON.stringify(model.get("findings"));
  const update = oncePerFrame(signal, () => {
    const findings = model.get("findings");
    text.update(findings);
    list.update(findings, model.get("names"));
    undo.disabled = !model.get("canUndo");
    redo.disabled = !model.get("canRedo");
    fault.textContent = model.get("fault");
    fault.hidden = fault.textContent === "";
    const bytes = model.get("film");
    film.node.hidden = bytes === null;
    parts.classList.toggle("cl-with-film", bytes !== null);
    if (bytes !== null) {
      film.name(model.get("imageCaption"), "the patient's right is at image left");
      const lookup = windowLookup({
        ...{ center: model.get("windowCenter"), width: model.get("windowWidth") },
      });
      paintSquare(
        film.canvas,
        filmPixels(bytesFromBinary(bytes), lookup),
        model.get("imageSizePx"),
        { isSmooth: true, shownSizePx: film.canvas.clientWidth },
      );
    }
    const now = JSON.stringify(findings);
    if (now !== read) {
      const corrected = findings.filter(({ isCorrected }) => isCorrected).length;
      readOut.textContent = `${findings.length} findings, ${corrected} corrected.`;
    }
    read = now;
  });
  for (const field of stateNames) model.on(`change:${field}`, update);
  const resizes = new ResizeObserver(update);
  resizes.observe(root);
  signal.addEventListener("abort", () => {
    for (const field of stateNames) model.off(`change:${field}`, update);
    resizes.disconnect();
    root.remove();
  });
  update();
}
