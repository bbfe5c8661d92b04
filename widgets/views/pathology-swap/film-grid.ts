import { filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import type { CellPlace } from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { element, setAttribute } from "../element.ts";
import {
  comparison,
  isSamePlace,
  placeWords,
  sceneLookup,
  sourcePixels,
  type ScenePart,
  type PathologySwapScene,
} from "./scene.ts";

interface GridCell {
  readonly place: CellPlace;
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

interface Margin {
  readonly side: "identities" | "pathologies";
  readonly index: number;
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

/** The table of films: an ARIA grid in which arrow keys or a click select a cell. */
export function filmGrid(scene: PathologySwapScene, signal: AbortSignal): ScenePart {
  const table = element("div", {
    class: "cl-grid",
    role: "grid",
    "aria-label": "Counterfactual films: identities in rows, pathologies in columns",
  });
  const progress = element("div", { class: "cl-progress" });
  const node = element("div", { class: "cl-films" }, table, progress);
  let cells: readonly GridCell[] = [];
  let margins: readonly Margin[] = [];
  let built = "";

  const select = (place: CellPlace): void => {
    scene.change({ selected: place });
  };
  table.addEventListener(
    "click",
    (event) => {
      const cell = cells.find((candidate) => candidate.node.contains(event.target as Node));
      if (cell === undefined) return;
      select(cell.place);
      cell.node.focus({ preventScroll: true });
    },
    { signal },
  );
  table.addEventListener(
    "keydown",
    (event) => {
      const place = placeAfterKey(scene, event);
      if (place === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      select(place);
      cells.find((cell) => isSamePlace(cell.place, place))?.node.focus();
    },
    { signal },
  );

  const build = (): void => {
    const rows = scene.get("shownRows");
    const columns = scene.get("shownColumns");
    const key = JSON.stringify([rows, columns]);
    if (key === built) return;
    built = key;
    const hadFocus = table.contains(document.activeElement);
    const columnMargins = columns.map((index) => margin(scene, "pathologies", index));
    const rowMargins = rows.map((index) => margin(scene, "identities", index));
    const rowCells = rows.map((identity) =>
      columns.map((pathology) => gridCell({ identity, pathology })),
    );
    const corner = element("div", { class: "cl-corner", role: "columnheader" }, "Identity ↓");
    corner.append(element("br"), "Pathology →");
    const head = [corner, ...columnMargins.map((column) => column.node)];
    table.replaceChildren(
      element("div", { role: "row", class: "cl-row" }, ...head),
      ...rowCells.map((row, place) =>
        element(
          "div",
          { role: "row", class: "cl-row" },
          rowMargins[place]!.node,
          ...row.map((cell) => cell.node),
        ),
      ),
    );
    table.style.setProperty("--cl-columns", String(columns.length));
    cells = rowCells.flat();
    margins = [...columnMargins, ...rowMargins];
    if (hadFocus) {
      const { place } =
        cells.find((cell) => isSamePlace(cell.place, scene.get("selected"))) ?? cells[0]!;
      cells.find((cell) => cell.place === place)?.node.focus({ preventScroll: true });
    }
  };

  return {
    node,
    update() {
      build();
      const lookup = sceneLookup(scene);
      const isSmooth = scene.get("isSmooth");
      const sizePx = scene.get("imageSizePx");
      const selected = scene.get("selected");
      for (const cell of cells) updateCell(scene, cell, lookup);
      for (const { side, index, node: header, canvas } of margins) {
        const isChosen = index === (side === "identities" ? selected.identity : selected.pathology);
        header.classList.toggle("cl-chosen", isChosen);
        const film = sourcePixels(scene, side, index);
        if (film === null) continue;
        const shownSizePx = canvas.clientWidth;
        paintSquare(canvas, filmPixels(film, lookup), sizePx, { isSmooth, shownSizePx });
      }
      const ready = cells.filter((cell) => scene.cellAt(cell.place) !== undefined).length;
      progress.hidden = ready === cells.length;
      progress.textContent = `Rendering: ${ready} of ${cells.length} films`;
    },
  };
}

function updateCell(
  scene: PathologySwapScene,
  { place, node, canvas }: GridCell,
  lookup: Uint8Array,
): void {
  const isSelected = isSamePlace(place, scene.get("selected"));
  setAttribute(node, "aria-selected", String(isSelected));
  setAttribute(node, "tabindex", isSelected ? 0 : -1);
  const cell = scene.cellAt(place);
  const status = cell?.status ?? "waiting";
  setAttribute(node, "data-status", status);
  const words = placeWords(scene, place);
  if (cell?.status === "ready") {
    const { distance } = comparison(scene, cell);
    setAttribute(
      node,
      "aria-label",
      `${words}, mean difference ${distance.meanAbsolute.toFixed(3)}`,
    );
    setAttribute(node, "title", undefined);
    setAttribute(node, "data-message", undefined);
    paintSquare(canvas, filmPixels(cell.image, lookup), scene.get("imageSizePx"), {
      isSmooth: scene.get("isSmooth"),
      shownSizePx: canvas.clientWidth,
    });
    return;
  }
  const message = cell === undefined ? "rendering" : `failed: ${cell.message}`;
  setAttribute(node, "aria-label", `${words}, ${message}`);
  setAttribute(node, "title", cell?.message);
  setAttribute(node, "data-message", cell?.message);
}

function gridCell(place: CellPlace): GridCell {
  const canvas = element("canvas", { "aria-hidden": "true", width: 1, height: 1 });
  return { place, canvas, node: element("div", { class: "cl-cell", role: "gridcell" }, canvas) };
}

function margin(scene: PathologySwapScene, side: Margin["side"], index: number): Margin {
  const { label, detail, film } = scene.get(side)[index]!;
  const canvas = element("canvas", { "aria-hidden": "true", width: 1, height: 1 });
  const isRow = side === "identities";
  const node = element(
    "div",
    {
      class: isRow ? "cl-margin cl-row-margin" : "cl-margin cl-column-margin",
      role: isRow ? "rowheader" : "columnheader",
      title: detail === "" ? label : `${label}: ${detail}`,
    },
    element("span", {}, label),
    ...(film === null ? [] : [canvas]),
  );
  return { side, index, node, canvas };
}

/** The cell that a key leads to from the selected one; `undefined` when the key is not ours. */
function placeAfterKey(scene: PathologySwapScene, event: KeyboardEvent): CellPlace | undefined {
  if (event.altKey || event.metaKey || event.shiftKey) return undefined;
  const rows = scene.get("shownRows");
  const columns = scene.get("shownColumns");
  const { identity, pathology } = scene.get("selected");
  const at = (row: number, column: number): CellPlace => ({
    identity: rows[Math.min(rows.length - 1, Math.max(0, row))]!,
    pathology: columns[Math.min(columns.length - 1, Math.max(0, column))]!,
  });
  const row = rows.indexOf(identity);
  const column = columns.indexOf(pathology);
  const isWhole = event.ctrlKey;
  switch (event.key) {
    case "ArrowUp":
      return isWhole ? undefined : at(row - 1, column);
    case "ArrowDown":
      return isWhole ? undefined : at(row + 1, column);
    case "ArrowLeft":
      return isWhole ? undefined : at(row, column - 1);
    case "ArrowRight":
      return isWhole ? undefined : at(row, column + 1);
    case "Home":
      return at(isWhole ? 0 : row, 0);
    case "End":
      return at(isWhole ? rows.length - 1 : row, columns.length - 1);
    case "PageUp":
      return at(0, column);
    case "PageDown":
      return at(rows.length - 1, column);
    default:
      return undefined;
  }
}
