import { filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import type { CellPlace } from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { element, setAttribute } from "../element.ts";
import type { Carried } from "./carry.ts";
import { severitySlider } from "./severity-slider.ts";
import { comparison, isSamePlace, placeWords, sourcePixels, type SwapScene } from "./scene.ts";

/** One film of the table. */
export interface GridCell {
  readonly place: CellPlace;
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

/** The head of a row or a column. */
export interface GridHead {
  readonly target: Carried;
  readonly node: HTMLElement;
  update(lookup: Uint8Array, carried: Carried | undefined): void;
}

export function gridCell(place: CellPlace): GridCell {
  const canvas = element("canvas", { "aria-hidden": "true", width: 1, height: 1 });
  const node = element(
    "div",
    { class: "cl-cell", role: "gridcell", "data-identity": place.identity },
    canvas,
  );
  return { place, canvas, node };
}

export function updateCell(
  scene: SwapScene,
  { place, node, canvas }: GridCell,
  lookup: Uint8Array,
): void {
  setAttribute(node, "aria-selected", String(isSamePlace(place, scene.get("selected"))));
  const isGiven = scene.get("given")[place.identity] === place.pathology;
  setAttribute(node, "data-given", isGiven);
  const cell = scene.cellAt(place);
  setAttribute(node, "data-status", cell?.status ?? "waiting");
  const words = `${placeWords(scene, place)}${isGiven ? ", given" : ""}`;
  if (cell?.status === "ready") {
    const { distance } = comparison(scene, cell);
    const difference = distance.meanAbsolute.toFixed(3);
    setAttribute(node, "aria-label", `${words}, mean difference ${difference}`);
    setAttribute(node, "title", undefined);
    setAttribute(node, "data-message", undefined);
    paint(scene, canvas, filmPixels(cell.image, lookup));
    return;
  }
  const message = cell === undefined ? "rendering" : `failed: ${cell.message}`;
  setAttribute(node, "aria-label", `${words}, ${message}`);
  setAttribute(node, "title", cell?.message);
  setAttribute(node, "data-message", cell?.message);
}

/** A column's head: name, film and severity of a pathology. */
export function columnHead(scene: SwapScene, index: number): GridHead {
  const { label, detail, film } = scene.get("pathologies")[index]!;
  const canvas = element("canvas", { "aria-hidden": "true", width: 1, height: 1 });
  const severity = scene.get("severityRange") === null ? undefined : severitySlider(scene, index);
  const node = element(
    "div",
    {
      ...{ class: "cl-margin cl-column-margin", role: "columnheader", "aria-label": label },
      title: detail === "" ? label : `${label}: ${detail}`,
    },
    element("span", {}, label),
    ...(film === null ? [] : [canvas]),
    ...(severity === undefined ? [] : [severity.node]),
  );
  const target: Carried = { side: "pathologies", index };
  return {
    target,
    node,
    update(lookup, carried) {
      node.classList.toggle("cl-chosen", index === scene.get("selected").pathology);
      markCarried(node, target, carried);
      severity?.update();
      const pixels = sourcePixels(scene, "pathologies", index);
      if (pixels !== null) paint(scene, canvas, filmPixels(pixels, lookup));
    },
  };
}

/** A row's head: name of a patient and the film with what the patient was given. */
export function rowHead(scene: SwapScene, index: number): GridHead {
  const { label, detail } = scene.get("identities")[index]!;
  const canvas = element("canvas", { "aria-hidden": "true", width: 1, height: 1 });
  const givenName = element("small", { class: "cl-given" });
  const node = element(
    "div",
    {
      ...{ class: "cl-margin cl-row-margin", role: "rowheader", "data-identity": index },
      title: detail === "" ? label : `${label}: ${detail}`,
    },
    element("span", {}, label, givenName),
    canvas,
  );
  const target: Carried = { side: "identities", index };
  return {
    target,
    node,
    update(lookup, carried) {
      node.classList.toggle("cl-chosen", index === scene.get("selected").identity);
      markCarried(node, target, carried);
      const pathology = scene.get("given")[index] ?? null;
      const name = pathology === null ? "" : `with ${scene.get("pathologies")[pathology]!.label}`;
      if (givenName.textContent !== name) givenName.textContent = name;
      setAttribute(node, "aria-label", `${label}${name === "" ? "" : ` ${name}`}`);
      const cell = pathology === null ? undefined : scene.cellAt({ identity: index, pathology });
      const own = sourcePixels(scene, "identities", index)!;
      paint(scene, canvas, filmPixels(cell?.status === "ready" ? cell.image : own, lookup));
    },
  };
}

function markCarried(
  node: HTMLElement,
  { side, index }: Carried,
  carried: Carried | undefined,
): void {
  const isCarried = carried?.side === side && carried.index === index;
  setAttribute(node, "aria-selected", String(isCarried));
}

function paint(
  scene: SwapScene,
  canvas: HTMLCanvasElement,
  pixels: Uint8ClampedArray<ArrayBuffer>,
): void {
  paintSquare(canvas, pixels, scene.get("imageSizePx"), {
    isSmooth: scene.get("isSmooth"),
    shownSizePx: canvas.clientWidth,
  });
}
