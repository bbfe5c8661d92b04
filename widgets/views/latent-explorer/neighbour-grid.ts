import { neighbourSide } from "../../models/latent-explorer/latent-explorer-protocol.ts";
import { element, setAttribute } from "../element.ts";
import { paintFilm, type ExplorerScene, type ScenePart } from "./explorer-scene.ts";
import type { ShownPictures } from "./explorer-store.ts";

const centre = (neighbourSide ** 2 - 1) / 2;

/** What lies around the code, in the plane in which its neighbours differ most: an ARIA grid to walk in. */
export function neighbourGrid(scene: ExplorerScene): ScenePart {
  const { store } = scene;
  const canvases = Array.from({ length: neighbourSide ** 2 }, () =>
    element("canvas", { width: 1, height: 1, "aria-hidden": "true" }),
  );
  const cells = canvases.map((canvas, cell) =>
    element(
      "div",
      {
        class: "cl-lx-cell",
        role: "gridcell",
        tabindex: cell === centre ? 0 : -1,
        "aria-label": cellWords(cell),
      },
      canvas,
    ),
  );
  const grid = element(
    "div",
    { class: "cl-lx-neighbours cl-lx-stale", role: "grid", "aria-label": "Neighbours of the code" },
    ...Array.from({ length: neighbourSide }, (_, row) =>
      element(
        "div",
        { role: "row", class: "cl-lx-row" },
        ...cells.slice(row * neighbourSide, (row + 1) * neighbourSide),
      ),
    ),
  );
  let focused = centre;
  const focus = (cell: number): void => {
    focused = cell;
    cells.forEach((node, at) => {
      setAttribute(node, "tabindex", at === cell ? 0 : -1);
    });
  };
  const go = (cell: number): void => {
    const version = store.pictures({ kind: "neighbours" })?.version;
    if (version === undefined || cell === centre) return;
    store.ask({ kind: "neighbour", version, cell });
    // The grid is drawn anew around it: what was chosen is in the middle.
    const hadFocus = grid.contains(document.activeElement);
    focus(centre);
    if (hadFocus) cells[centre]!.focus({ preventScroll: true });
  };
  grid.addEventListener("click", ({ target }) => {
    const cell = cells.findIndex((node) => node.contains(target as Node));
    if (cell >= 0) go(cell);
  });
  grid.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [row, column] = [Math.floor(focused / neighbourSide), focused % neighbourSide];
    const last = neighbourSide - 1;
    const next: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, last],
    };
    const place = next[event.key];
    if (place !== undefined) {
      const [toRow, toColumn] = place.map((at) => Math.min(last, Math.max(0, at))) as [
        number,
        number,
      ];
      focus(toRow * neighbourSide + toColumn);
      cells[focused]!.focus();
    } else if (event.key === "Enter" || event.key === " ") go(focused);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const node = element(
    "section",
    { class: "cl-lx-around", "aria-label": "Neighbourhood" },
    element("p", { class: "cl-lx-subheading" }, "Around here"),
    element(
      "p",
      { class: "cl-lx-quiet" },
      "The two directions in which the nearest films differ most.",
    ),
    grid,
  );
  store.show(node, [{ kind: "neighbours" }]);
  let shown: ShownPictures | undefined;
  let shownSize = -1;
  return {
    node,
    update() {
      const pictures = store.pictures({ kind: "neighbours" });
      const isCurrent = pictures !== undefined && pictures.version === store.frame?.version;
      grid.classList.toggle("cl-lx-stale", !isCurrent);
      if (pictures === shown && scene.sizeVersion() === shownSize) return;
      shown = pictures;
      shownSize = scene.sizeVersion();
      canvases.forEach((canvas, cell) => {
        const image = pictures?.images[cell];
        if (image !== undefined) paintFilm(canvas, image, pictures!.sidePx);
      });
    },
  };
}

function cellWords(cell: number): string {
  const middle = (neighbourSide - 1) / 2;
  const right = (cell % neighbourSide) - middle;
  const up = middle - Math.floor(cell / neighbourSide);
  if (right === 0 && up === 0) return "here";
  const words = [
    up === 0 ? "" : `${Math.abs(up)} ${up > 0 ? "up" : "down"}`,
    right === 0 ? "" : `${Math.abs(right)} ${right > 0 ? "right" : "left"}`,
  ];
  return words.filter((word) => word !== "").join(", ");
}
