import { shownPlaces, visibleState } from "../models/pathology-swap/shown-places.ts";
import type { PathologySwapState } from "../models/pathology-swap/pathology-swap-protocol.ts";
import { element, oncePerFrame } from "./element.ts";
import type { InitializeContext, RenderContext } from "./front-end.ts";
import { cellStore, type CellStore } from "./pathology-swap/cell-store.ts";
import { sourceChoice } from "./pathology-swap/source-choice.ts";
import { detailPanel } from "./pathology-swap/detail-panel.ts";
import { filmGrid } from "./pathology-swap/film-grid.ts";
import { pathologySwapStyle } from "./pathology-swap/pathology-swap-style.ts";
import { liveWords, type PathologySwapScene } from "./pathology-swap/scene.ts";

/** How long the selection must rest before it is read out: arrow keys held down stay silent. */
const readOutAfterMs = 300;

const stateNames = [...visibleState, "isSmooth"] as const;

/** Starts to collect the model's cells, for all its views. */
export function initialize(context: InitializeContext<PathologySwapState>): CellStore {
  return cellStore(context);
}

/** Draws the pathology swap into `el` and keeps it up to date until `signal` is aborted. */
export function render({
  model,
  el,
  signal,
  shared,
}: RenderContext<PathologySwapState, CellStore>): void {
  const store = shared ?? initialize({ model, signal });
  const change = (patch: Partial<PathologySwapState>): void => {
    for (const name of Object.keys(patch) as (keyof PathologySwapState)[]) {
      model.set(name, patch[name]!);
    }
    model.save_changes();
  };
  const scene: PathologySwapScene = {
    get: (name) => model.get(name),
    change,
    cellAt: (place) => store.cellAt(place),
    retry: (place) => {
      store.retry(place);
    },
  };

  const title = model.get("title");
  const parts = [
    sourceChoice(scene, "rows"),
    sourceChoice(scene, "columns"),
    filmGrid(scene, signal),
    detailPanel(scene, signal),
  ] as const;
  const [rowChoice, columnChoice, grid, detail] = parts;
  const readOut = element("div", { class: "cl-unseen", "aria-live": "polite" });
  const root = element(
    "div",
    {
      class: "cl-swap",
      role: "group",
      "aria-label": title === "" ? "Counterfactual grid" : title,
    },
    element("style", {}, pathologySwapStyle),
    element(
      "div",
      { class: "cl-bar" },
      ...(title === "" ? [] : [element("p", { class: "cl-heading" }, title)]),
      rowChoice.node,
      columnChoice.node,
    ),
    element("div", { class: "cl-stage" }, grid.node, detail.node),
    readOut,
  );
  el.append(root);

  const update = oncePerFrame(signal, () => {
    for (const part of parts) part.update();
    const [shownRows, shownColumns, selected] = [
      scene.get("shownRows"),
      scene.get("shownColumns"),
      scene.get("selected"),
    ];
    store.want(shownPlaces({ shownRows, shownColumns, selected }));
  });
  let readOutTimer: ReturnType<typeof setTimeout> | undefined;
  let lastRead = liveWords(scene);
  const readLater = (): void => {
    clearTimeout(readOutTimer);
    readOutTimer = setTimeout(() => {
      const words = liveWords(scene);
      if (words !== lastRead) readOut.textContent = words;
      lastRead = words;
    }, readOutAfterMs);
  };
  const changed = (): void => {
    update();
    readLater();
  };
  for (const name of stateNames) model.on(`change:${name}`, changed);
  store.subscribe(changed, signal);
  const resizes = new ResizeObserver(update);
  resizes.observe(root);
  signal.addEventListener("abort", () => {
    for (const name of stateNames) model.off(`change:${name}`, changed);
    clearTimeout(readOutTimer);
    resizes.disconnect();
    root.remove();
  });
  update();
}
