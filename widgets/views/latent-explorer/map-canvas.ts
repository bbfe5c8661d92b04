import { drawPointMap, type MapWindow } from "../../drawing/point-map.ts";
import type { MapPlace } from "../../drawing/point-finder.ts";
import { colourTable } from "../../models/latent-explorer/colour-table.ts";
import { hasFilm } from "../../models/latent-explorer/film-selection.ts";
import { element } from "../element.ts";
import type { ExplorerScene } from "./explorer-scene.ts";

/** The points of the map, painted again only when they look different. */
export interface MapCanvas {
  readonly node: HTMLCanvasElement;
  window: MapWindow;
  /** Colour of the legend that alone stays bright; undefined for all. */
  emphasised: number | undefined;
  /** Paints what is new. */
  update(): void;
  /** The points are no longer those that were painted. */
  invalidate(): void;
  /** Where a place lies in the canvas, as shares of its sides. */
  shareOf(place: MapPlace): MapPlace;
  /** The place under a point of the page. */
  placeAt(clientX: number, clientY: number): MapPlace;
}

/** The whole map. */
export const wholeMap: MapWindow = { left: 0, top: 0, width: 1, height: 1 };
const smallestWindow = 0.02;

export function mapCanvas(scene: ExplorerScene): MapCanvas {
  const { store } = scene;
  const node = element("canvas", { class: "cl-lx-points", "aria-hidden": "true" });
  let painted = "";
  let count = 0;
  let sizeVersion = -1;
  let shownPx = { width: 0, height: 0 };
  const canvas: MapCanvas = {
    node,
    window: wholeMap,
    emphasised: undefined,
    invalidate() {
      count += 1;
    },
    shareOf: ({ x, y }) => ({
      x: (x - canvas.window.left) / canvas.window.width,
      y: (y - canvas.window.top) / canvas.window.height,
    }),
    placeAt(clientX, clientY) {
      const box = node.getBoundingClientRect();
      const { left, top, width, height } = canvas.window;
      return {
        x: left + ((clientX - box.left) / Math.max(1, box.width)) * width,
        y: top + ((clientY - box.top) / Math.max(1, box.height)) * height,
      };
    },
    update() {
      const { points, colours, ids, selection, frame } = store;
      if (points === undefined || colours === undefined || ids.length !== points.xs.length) return;
      const scale = Math.min(2, window.devicePixelRatio);
      if (scene.sizeVersion() !== sizeVersion) {
        sizeVersion = scene.sizeVersion();
        shownPx = { width: node.clientWidth, height: node.clientHeight };
      }
      const widthPx = Math.round(shownPx.width * scale);
      const heightPx = Math.round(shownPx.height * scale);
      if (widthPx === 0 || heightPx === 0) return;
      // Only where too many values share a colour does the nearest film decide what is bright.
      const nearestColour = colours.kind === "same" ? (frame?.nearest.colour ?? 0) : 0;
      const key = JSON.stringify([
        ...[count, widthPx, heightPx, nearestColour, scene.get("selectionVersion")],
        ...[canvas.emphasised ?? -1, canvas.window],
      ]);
      if (key === painted) return;
      painted = key;
      const { emphasised } = canvas;
      const emphasis =
        emphasised !== undefined
          ? (film: number): boolean => ids[film] === emphasised
          : scene.get("selectedCount") > 0
            ? (film: number): boolean => hasFilm({ bits: selection }, film)
            : undefined;
      const zoom = Math.min(2.5, 1 / Math.sqrt(canvas.window.width));
      const pixels = drawPointMap(points, {
        ...{ window: canvas.window, widthPx, heightPx, colours: ids },
        radiusPx: (points.xs.length > 4000 ? 1.5 : 2.6) * scale * zoom,
        rgb: colourTable(colours, nearestColour),
        ...(emphasis === undefined ? {} : { emphasis }),
      });
      node.width = widthPx;
      node.height = heightPx;
      node.getContext("2d")?.putImageData(new ImageData(pixels, widthPx, heightPx), 0, 0);
    },
  };
  return canvas;
}

/** A window `factor` as wide, in which `place` stays where it is; never beyond the map. */
export function zoomedWindow(window: MapWindow, place: MapPlace, factor: number): MapWindow {
  const width = Math.min(1, Math.max(smallestWindow, window.width * factor));
  const change = width / window.width;
  return insideMap({
    left: place.x - (place.x - window.left) * change,
    top: place.y - (place.y - window.top) * change,
    width,
    height: width,
  });
}

/** The same window, moved; never beyond the map. */
export function insideMap(window: MapWindow): MapWindow {
  const inside = (start: number, length: number): number =>
    Math.min(1 - length, Math.max(0, start));
  return {
    ...window,
    left: inside(window.left, window.width),
    top: inside(window.top, window.height),
  };
}
