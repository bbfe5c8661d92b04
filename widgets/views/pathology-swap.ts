import { shownPlaces, visibleState } from "../models/pathology-swap/shown-places.ts";
import type { PathologySwapState } from "../models/pathology-swap/pathology-swap-protocol.ts";
import { element, oncePerFrame } from "./element.ts";
import type { InitializeContext, RenderContext } from "./front-end.ts";
import { carry } from "./pathology-swap/carry.ts";
import { cellStore, type CellStore } from "./pathology-swap/cell-store.ts";
import { sourceChoice } from "./pathology-swap/source-choice.ts";
import { detailPanel } from "./pathology-swap/detail-panel.ts";
import { filmGrid } from "./pathology-swap/film-grid.ts";
import { pathologySwapStyle } from "./pathology-swap/pathology-swap-style.ts";
import { liveWords, type SwapScene } from "./pathology-swap/scene.ts";

/** How long the selection must rest before it is read out: arrow keys held down stay silent. */
const readOutAfterMs = 300;

/** What was said of a swap is not cut off by the numbers of its film. */
const readOutPauseMs = 2500;

const stateNames = [...visibleState, "isSmooth", "canUndo", "canRedo"] as const;

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
  const scene: SwapScene = {
    get: (name) => model.get(name),
    change,
    cellAt: (place) => store.cellAt(place),
    retry: (place) => {
      store.retry(place);
    },
    save: (place) => {
      store.save(place);
    },
    ask: (request) => {
      model.send(request);
    },
    announce(words) {
      clearTimeout(readOutTimer);
      // Said at once, and then not again by the selection that follows from it.
      readOut.textContent = words;
      spokenAtMs = performance.now();
    },
  };
  const readOut = element("div", { class: "cl-unseen", "aria-live": "polite" });
  let readOutTimer: ReturnType<typeof setTimeout> | undefined;
  let spokenAtMs = -Infinity;
  const moves = carry(scene, () => {
    update();
  });

  const title = model.get("title");
  const parts = [
    sourceChoice(scene, "rows"),
    sourceChoice(scene, "columns"),
    filmGrid(scene, moves, signal),
    detailPanel(
      scene,
      () => {
        update();
      },
      signal,
    ),
  ] as const;
  const [rowChoice, columnChoice, grid, detail] = parts;
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
  root.addEventListener("keydown", (event) => {
    const request = historyKey(event);
    if (request === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    scene.ask({ type: request });
    scene.announce(request === "undo" ? "Undone." : "Done again.");
  });
  el.append(root);

  const update = oncePerFrame(signal, () => {
    for (const part of parts) part.update();
    const [shownRows, shownColumns] = [scene.get("shownRows"), scene.get("shownColumns")];
    const [selected, given] = [scene.get("selected"), scene.get("given")];
    store.want(shownPlaces({ shownRows, shownColumns, selected, given }));
  });
  let lastRead = liveWords(scene);
  const readLater = (): void => {
    clearTimeout(readOutTimer);
    readOutTimer = setTimeout(() => {
      const words = liveWords(scene);
      const hasJustSpoken = performance.now() - spokenAtMs < readOutPauseMs;
      if (words !== lastRead && !hasJustSpoken) readOut.textContent = words;
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

/** Z and Shift+Z, also with Ctrl or Cmd; Ctrl+Y. */
function historyKey({
  key,
  altKey,
  ctrlKey,
  metaKey,
  shiftKey,
}: KeyboardEvent): "undo" | "redo" | undefined {
  if (altKey) return undefined;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && (ctrlKey || metaKey) ? "redo" : undefined;
}
