import { stripLength } from "../../models/latent-explorer/latent-explorer-protocol.ts";
import { element, setAttribute } from "../element.ts";
import { paintFilm } from "./explorer-scene.ts";
import type { ShownPictures } from "./explorer-store.ts";

/** Small pictures along a slider, under the places that they belong to. */
export interface FilmStrip {
  readonly node: HTMLElement;
  /** @param sizeVersion See `ExplorerScene`. */
  update(
    pictures: ShownPictures | undefined,
    version: number | undefined,
    sizeVersion: number,
  ): void;
}

/** @param pressed Told the slider's value at the picture that was clicked; keys have the slider itself. */
export function filmStrip(pressed: (value: number) => void): FilmStrip {
  const canvases = Array.from({ length: stripLength }, () =>
    element("canvas", { width: 1, height: 1 }),
  );
  const node = element("div", { class: "cl-lx-strip", "aria-hidden": "true" }, ...canvases);
  let shown: ShownPictures | undefined;
  let shownSize = -1;
  node.addEventListener("click", ({ target }) => {
    const value = shown?.steps[canvases.indexOf(target as HTMLCanvasElement)];
    if (value !== undefined) pressed(value);
  });
  return {
    node,
    update(pictures, version, sizeVersion) {
      node.classList.toggle("cl-lx-stale", pictures?.version !== version);
      setAttribute(node, "title", pictures?.fault === "" ? undefined : pictures?.fault);
      if (pictures === shown && sizeVersion === shownSize) return;
      shown = pictures;
      shownSize = sizeVersion;
      canvases.forEach((canvas, at) => {
        const image = pictures?.images[at];
        canvas.style.visibility = image === undefined ? "hidden" : "";
        if (image !== undefined) paintFilm(canvas, image, pictures!.sidePx);
      });
    },
  };
}
