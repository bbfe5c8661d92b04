import type { MapPlace } from "../../drawing/point-finder.ts";
import {
  filmCountWords,
  nearestWords,
} from "../../models/latent-explorer/latent-explorer-words.ts";
import { element, setAttribute } from "../element.ts";
import {
  button,
  choice,
  field,
  paintFilm,
  type ExplorerScene,
  type ScenePart,
} from "./explorer-scene.ts";
import { mapCanvas, wholeMap, zoomedWindow, type MapCanvas } from "./map-canvas.ts";
import { listenToPointer, type DragMode } from "./map-pointer.ts";

const namespace = "http://www.w3.org/2000/svg";
/** A film is under the pointer when it is no further away. */
const hoverPx = 14;
const smallStep = 0.01;
const largeStep = 0.05;

export interface LatentMap extends ScenePart {
  readonly canvas: MapCanvas;
  /** Follows the newest frame, and nothing else. */
  moveCursor(): void;
}

/** The map with its cursor: drag, lasso, hover, zoom, and all of it from the keyboard. */
export function latentMap(scene: ExplorerScene, signal: AbortSignal): LatentMap {
  const { store } = scene;
  const canvas = mapCanvas(scene);
  const ring = element("div", { class: "cl-lx-ring" });
  const cursor = element("div", { class: "cl-lx-cursor", "aria-hidden": "true" }, ring);
  const lines = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "polyline");
  const lasso = document.createElementNS(namespace, "polygon");
  lines.setAttribute("class", "cl-lx-lines");
  lines.setAttribute("viewBox", "0 0 1000 1000");
  lines.setAttribute("preserveAspectRatio", "none");
  lines.setAttribute("aria-hidden", "true");
  path.setAttribute("class", "cl-lx-path");
  lasso.setAttribute("class", "cl-lx-lasso");
  lines.append(path, lasso);
  const tip = hoverTip();
  const axis = [element("span", {}), element("span", {})] as const;
  const board = element(
    "div",
    {
      class: "cl-lx-board",
      role: "application",
      "aria-roledescription": "map of codes",
      tabindex: 0,
    },
    ...[canvas.node, lines, cursor, tip.node],
  );
  let mode: DragMode = "decode";
  let ringRadius = 0.06;
  let shownRadius = 0;
  /** Where the cursor is shown: under the pointer at once, its film follows. */
  let place: MapPlace | undefined;

  const moveTo = (next: MapPlace): void => {
    place = { x: clamp(next.x), y: clamp(next.y) };
    store.ask({ kind: "place", ...place });
    drawOverlay();
  };
  const drawOverlay = (): void => {
    if (place === undefined) return;
    const at = canvas.shareOf(place);
    // It is as large as the board, which may be hidden just now and have no size: its own shares are the board's.
    const percent = (share: number): string => `${(100 * share).toFixed(3)}%`;
    cursor.style.transform = `translate(${percent(at.x)}, ${percent(at.y)})`;
    const radius = ringRadius / canvas.window.width;
    if (radius === shownRadius) return;
    shownRadius = radius;
    ring.style.left = percent(-radius);
    ring.style.top = percent(-radius);
    ring.style.width = percent(2 * radius);
    ring.style.height = percent(2 * radius);
  };
  const drawLine = (node: SVGElement, places: readonly MapPlace[]): void => {
    const points = places.map((one) => {
      const { x, y } = canvas.shareOf(one);
      return `${(x * 1000).toFixed(1)},${(y * 1000).toFixed(1)}`;
    });
    setAttribute(node, "points", points.join(" "));
  };
  const windowChanged = (): void => {
    canvas.update();
    update();
  };
  const zoom = (factor: number): void => {
    canvas.window = zoomedWindow(canvas.window, place ?? { x: 0.5, y: 0.5 }, factor);
    windowChanged();
  };
  const selectRing = (): void => {
    if (place === undefined) return;
    store.select({ kind: "ring", ...place, radius: ringRadius }, "add");
  };
  const clear = (): void => {
    store.select({ kind: "films", films: [] }, "replace");
  };

  let hovered = -1;
  listenToPointer(
    board,
    canvas,
    {
      mode: () => mode,
      move: moveTo,
      lasso: (places) => {
        drawLine(lasso, places);
      },
      lassoed(places, isAdded) {
        const region = { kind: "polygon", places: places.flatMap(({ x, y }) => [x, y]) } as const;
        if (places.length > 2) store.select(region, isAdded ? "add" : "replace");
      },
      hover(at) {
        hovered = -1;
        if (at !== undefined) {
          const under = canvas.placeAt(at.clientX, at.clientY);
          const radius = (hoverPx / Math.max(1, board.clientWidth)) * canvas.window.width;
          hovered = store.finder()?.nearest(under, radius) ?? -1;
        }
        showTip();
      },
      windowChanged,
    },
    signal,
  );
  const showTip = (): void => {
    const { points } = store;
    if (hovered < 0 || points === undefined) {
      tip.hide();
      return;
    }
    const at = canvas.shareOf({ x: points.xs[hovered]! / 65535, y: points.ys[hovered]! / 65535 });
    tip.show(store.thumbnail(hovered), at);
  };

  board.addEventListener(
    "keydown",
    (event) => {
      const act = keyAction(event, {
        move: (byX, byY) => {
          if (place === undefined) return;
          const { width, height } = canvas.window;
          moveTo({ x: place.x + byX * width, y: place.y + byY * height });
        },
        zoom,
        wholeMap: () => {
          canvas.window = wholeMap;
          windowChanged();
        },
        ring: (factor) => {
          ringRadius = Math.min(0.5, Math.max(0.005, ringRadius * factor));
          drawOverlay();
          scene.say(`Ring of ${Math.round(ringRadius * 200)} % of the map`);
        },
        selectRing,
        toggleNearest: () => {
          const film = store.frame?.nearest.film;
          if (film !== undefined) store.select({ kind: "films", films: [film] }, "toggle");
        },
        clear,
        snap: () => {
          const film = store.frame?.nearest.film;
          if (film !== undefined) store.ask({ kind: "film", film });
        },
        pathEnd: (end) => {
          const film = store.frame?.nearest.film;
          if (film !== undefined) scene.change({ [end]: film });
        },
      });
      if (act === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
    { signal },
  );

  const modeChoice = choice<DragMode>(
    [
      ["decode", "decode"],
      ["select", "select (lasso)"],
      ["pan", "move the map"],
    ],
    (value) => {
      mode = value;
      board.dataset["mode"] = value;
    },
  );
  const selected = element("output", { class: "cl-lx-selected" });
  const clearButton = button("Clear", clear);
  const help = element(
    "details",
    { class: "cl-lx-help" },
    element("summary", {}, "Keys"),
    element(
      "p",
      {},
      "On the map: arrows move (Shift: further), Enter goes to the nearest film, Space selects it, Shift+Space selects all in the ring, [ and ] change the ring, Escape clears, + − 0 zoom, A and B set the ends of the path. With the mouse: Shift+drag is a lasso, Ctrl+wheel zooms.",
    ),
  );
  const node = element(
    "section",
    { class: "cl-lx-map", "aria-label": "Map" },
    element(
      "div",
      { class: "cl-lx-tools" },
      field("Drag to", modeChoice),
      element(
        "div",
        { class: "cl-lx-group", role: "group", "aria-label": "Zoom" },
        named(
          button("+", () => {
            zoom(0.6);
          }),
          "Zoom in",
        ),
        named(
          button("−", () => {
            zoom(1 / 0.6);
          }),
          "Zoom out",
        ),
        named(
          button("Whole map", () => {
            canvas.window = wholeMap;
            windowChanged();
          }),
          "Whole map",
        ),
      ),
      element("div", { class: "cl-lx-group" }, selected, clearButton),
    ),
    board,
    element("div", { class: "cl-lx-axes" }, ...axis),
    help,
  );

  store.subscribe((event) => {
    if (event === "points" || event === "colours" || event === "selection") canvas.invalidate();
    if (event === "thumbnails") showTip();
  }, signal);
  const moveCursor = (): void => {
    const { frame } = store;
    // While the reader drags, the cursor is where the pointer is and not where the last film was.
    if (frame !== undefined && (place === undefined || !store.isWaiting)) {
      place = { x: frame.x, y: frame.y };
    }
    drawOverlay();
  };
  const update = (): void => {
    const { frame } = store;
    canvas.update();
    moveCursor();
    const line = store.pathLine;
    drawLine(
      path,
      Array.from({ length: line.length >> 1 }, (_, at) => ({
        x: line[at * 2]!,
        y: line[at * 2 + 1]!,
      })),
    );
    const [horizontal, vertical] = store.axisNames;
    axis[0].textContent = horizontal === "" ? "" : `→ ${horizontal}`;
    axis[1].textContent = vertical === "" ? "" : `↑ ${vertical}`;
    const count = scene.get("selectedCount");
    selected.textContent = count === 0 ? "" : `${filmCountWords(count)} selected`;
    clearButton.hidden = count === 0;
    const where = frame === undefined ? "" : ` ${nearestWords(frame.nearest)}`;
    setAttribute(board, "aria-label", `Map of ${filmCountWords(scene.get("filmCount"))}.${where}`);
    setAttribute(board, "aria-busy", store.points === undefined);
  };
  return { node, canvas, update, moveCursor };
}

interface MapActions {
  readonly move: (byX: number, byY: number) => void;
  readonly zoom: (factor: number) => void;
  readonly wholeMap: () => void;
  readonly ring: (factor: number) => void;
  readonly selectRing: () => void;
  readonly toggleNearest: () => void;
  readonly clear: () => void;
  readonly snap: () => void;
  readonly pathEnd: (end: "pathFrom" | "pathTo") => void;
}

/** What a key does on the map; `undefined` when it is not ours. */
function keyAction(event: KeyboardEvent, actions: MapActions): (() => void) | undefined {
  if (event.altKey || event.metaKey || event.ctrlKey) return undefined;
  const step = event.shiftKey ? largeStep : smallStep;
  const move = (byX: number, byY: number) => () => {
    actions.move(byX * step, byY * step);
  };
  switch (event.key) {
    case "ArrowLeft":
      return move(-1, 0);
    case "ArrowRight":
      return move(1, 0);
    case "ArrowUp":
      return move(0, -1);
    case "ArrowDown":
      return move(0, 1);
    case "Enter":
    case "Home":
      return actions.snap;
    case " ":
      return event.shiftKey ? actions.selectRing : actions.toggleNearest;
    case "Escape":
      return actions.clear;
    case "[":
      return () => {
        actions.ring(0.8);
      };
    case "]":
      return () => {
        actions.ring(1.25);
      };
    case "+":
    case "=":
      return () => {
        actions.zoom(0.7);
      };
    case "-":
      return () => {
        actions.zoom(1 / 0.7);
      };
    case "0":
      return actions.wholeMap;
    case "a":
    case "A":
      return () => {
        actions.pathEnd("pathFrom");
      };
    case "b":
    case "B":
      return () => {
        actions.pathEnd("pathTo");
      };
    default:
      return undefined;
  }
}

/** The small picture beside the pointer. */
function hoverTip(): {
  readonly node: HTMLElement;
  show(
    film:
      | {
          readonly label: string;
          readonly facts: string;
          readonly image: Uint8Array;
          readonly sidePx: number;
        }
      | undefined,
    at: MapPlace,
  ): void;
  hide(): void;
} {
  const canvas = element("canvas", { width: 1, height: 1 });
  const label = element("strong");
  const facts = element("span");
  const node = element(
    "div",
    { class: "cl-lx-tip", "aria-hidden": "true" },
    canvas,
    element("div", {}, label, facts),
  );
  node.hidden = true;
  return {
    node,
    show(film, at) {
      node.hidden = false;
      node.classList.toggle("cl-lx-flip", at.x > 0.5);
      node.style.left = `${at.x * 100}%`;
      node.style.top = `${Math.min(0.72, Math.max(0, at.y)) * 100}%`;
      label.textContent = film?.label ?? "…";
      facts.textContent = film?.facts ?? "";
      if (film !== undefined) paintFilm(canvas, film.image, film.sidePx);
      canvas.style.visibility = film === undefined ? "hidden" : "";
    },
    hide() {
      node.hidden = true;
    },
  };
}

function named(node: HTMLButtonElement, name: string): HTMLButtonElement {
  node.setAttribute("aria-label", name);
  return node;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
