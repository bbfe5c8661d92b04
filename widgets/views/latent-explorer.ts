import type { LatentExplorerState } from "../models/latent-explorer/latent-explorer-protocol.ts";
import { nearestWords } from "../models/latent-explorer/latent-explorer-words.ts";
import { element, oncePerFrame } from "./element.ts";
import type { InitializeContext, RenderContext } from "./front-end.ts";
import { codeSlidersPanel } from "./latent-explorer/code-sliders-panel.ts";
import type { ExplorerScene } from "./latent-explorer/explorer-scene.ts";
import {
  explorerStore,
  type ExplorerStore,
  type StoreEvent,
} from "./latent-explorer/explorer-store.ts";
import { filmPanel } from "./latent-explorer/film-panel.ts";
import { latentExplorerStyle } from "./latent-explorer/latent-explorer-style.ts";
import { latentMap } from "./latent-explorer/latent-map.ts";
import { mapLegend, mapSettings } from "./latent-explorer/map-settings.ts";
import { neighbourGrid } from "./latent-explorer/neighbour-grid.ts";
import { pathPanel } from "./latent-explorer/path-panel.ts";

/** How long the cursor must rest before it is read out: a drag stays silent. */
const readOutAfterMs = 400;

/** Sliders, words and thumbnails follow a drag once in so many milliseconds. */
const calmMs = 120;

const stateNames = [
  ...(["map", "mapGroup", "axes", "colourBy", "sliderBasis", "pathFrom", "pathTo"] as const),
  ...(["pathGroup", "progress", "selectedCount", "selectionVersion"] as const),
];

/** Starts to collect what the model sends, for all its views. */
export function initialize(context: InitializeContext<LatentExplorerState>): ExplorerStore {
  return explorerStore(context);
}

/** Draws the latent explorer into `el` and keeps it up to date until `signal` is aborted. */
export function render({
  model,
  el,
  signal,
  shared,
}: RenderContext<LatentExplorerState, ExplorerStore>): void {
  const store = shared ?? initialize({ model, signal });
  const readOut = element("div", { class: "cl-unseen", "aria-live": "polite" });
  let sizeVersion = 0;
  const scene: ExplorerScene = {
    store,
    sizeVersion: () => sizeVersion,
    get: (name) => model.get(name),
    change(patch) {
      for (const name of Object.keys(patch) as (keyof LatentExplorerState)[]) {
        model.set(name, patch[name]!);
      }
      model.save_changes();
    },
    say(words) {
      readOut.textContent = words;
    },
  };

  const settings = mapSettings(scene);
  const map = latentMap(scene, signal);
  const legend = mapLegend(scene, map.canvas);
  const film = filmPanel(scene, signal);
  const sliders = codeSlidersPanel(scene);
  const neighbours = neighbourGrid(scene);
  const path = pathPanel(scene, signal);
  map.node.insertBefore(legend.node, map.node.lastElementChild);
  const title = scene.get("title");
  const root = element(
    "div",
    { class: "cl-lx", role: "group", "aria-label": title === "" ? "Latent explorer" : title },
    element("style", {}, latentExplorerStyle),
    settings.node,
    element(
      "div",
      { class: "cl-lx-stage" },
      map.node,
      film.node,
      element("div", { class: "cl-lx-side-by-side" }, neighbours.node, path.node),
      sliders.node,
    ),
    readOut,
  );
  el.append(root);

  const moveCursor = oncePerFrame(signal, () => {
    map.moveCursor();
  });
  const updateAll = oncePerFrame(signal, () => {
    for (const part of [settings, map, legend, film, sliders, neighbours, path]) part.update();
  });
  let updateTimer: ReturnType<typeof setTimeout> | undefined;
  let updatedMs = 0;
  const update = (): void => {
    clearTimeout(updateTimer);
    updatedMs = performance.now();
    updateAll();
  };
  // A drag leaves the page's time to the film: what is around it follows a few times a second.
  const updateCalmly = (): void => {
    clearTimeout(updateTimer);
    const waitMs = updatedMs + calmMs - performance.now();
    if (waitMs <= 0) update();
    else updateTimer = setTimeout(update, waitMs);
  };
  let readOutTimer: ReturnType<typeof setTimeout> | undefined;
  let lastRead = "";
  const readLater = (): void => {
    clearTimeout(readOutTimer);
    readOutTimer = setTimeout(() => {
      const { frame } = store;
      if (frame === undefined) return;
      const count = scene.get("selectedCount");
      const where = `${Math.round(frame.x * 100)} % across, ${Math.round(100 - frame.y * 100)} % up.`;
      const selected = count === 0 ? "" : ` ${count} selected.`;
      const words =
        frame.fault === "" ? `${where} ${nearestWords(frame.nearest)}${selected}` : frame.fault;
      if (words !== lastRead) scene.say(words);
      lastRead = words;
    }, readOutAfterMs);
  };
  const changed = (event?: StoreEvent): void => {
    if (event === "frame") {
      moveCursor();
      updateCalmly();
    } else update();
    // What is there at first is no news.
    if (lastRead === "" && store.frame !== undefined) lastRead = nearestWords(store.frame.nearest);
    readLater();
  };
  const stateChanged = (): void => {
    changed();
  };
  for (const name of stateNames) model.on(`change:${name}`, stateChanged);
  store.subscribe(changed, signal);
  const resizes = new ResizeObserver(() => {
    sizeVersion += 1;
    update();
  });
  resizes.observe(root);
  signal.addEventListener("abort", () => {
    for (const name of stateNames) model.off(`change:${name}`, stateChanged);
    clearTimeout(readOutTimer);
    clearTimeout(updateTimer);
    resizes.disconnect();
    for (const { node } of [sliders, neighbours, path]) store.show(node, []);
    root.remove();
  });
  update();
}
