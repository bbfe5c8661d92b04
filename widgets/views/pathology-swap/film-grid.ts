import type { CellPlace } from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { element, setAttribute } from "../element.ts";
import { uniqueId } from "../unique-id.ts";
import type { Carried, Carry } from "./carry.ts";
import { dragCarry } from "./drag-carry.ts";
import {
  columnHead,
  gridCell,
  rowHead,
  updateCell,
  type GridCell,
  type GridHead,
} from "./grid-cells.ts";
import { focusAfterKey, isCell, type GridFocus } from "./grid-keys.ts";
import { isSamePlace, sceneLookup, type ScenePart, type SwapScene } from "./scene.ts";

const help =
  "Give a patient another pathology: drag its film onto the patient, or click one and then the other. Keys: arrows " +
  "move, Enter picks up and gives, Delete gives the patient's own back, Escape puts down, Z undoes, Shift+Z redoes.";

/** The table of films: an ARIA grid in which cells are selected, and pathologies given to patients. */
export function filmGrid(scene: SwapScene, moves: Carry, signal: AbortSignal): ScenePart {
  const helpId = uniqueId("cl-help");
  const table = element("div", {
    ...{ class: "cl-grid", role: "grid", "aria-describedby": helpId },
    "aria-label": "Counterfactual films: identities in rows, pathologies in columns",
  });
  const progress = element("div", { class: "cl-progress" });
  const hint = element("p", { class: "cl-help", id: helpId }, help);
  const node = element("div", { class: "cl-films" }, table, progress, hint);
  let cells: readonly GridCell[] = [];
  let heads: readonly GridHead[] = [];
  let built = "";
  /** A head that has the focus; the selected cell has it otherwise. */
  let headFocus: GridFocus | undefined;

  const focus = (): GridFocus => headFocus ?? scene.get("selected");
  const nodeOf = (at: GridFocus): HTMLElement | undefined =>
    isCell(at)
      ? cells.find(({ place }) => isSamePlace(place, at))?.node
      : heads.find(({ target }) => isAt(target, at))?.node;
  const moveTo = (at: GridFocus): void => {
    headFocus = isCell(at) ? undefined : at;
    if (isCell(at)) scene.change({ selected: at });
    updateFocus();
    nodeOf(at)?.focus({ preventScroll: false });
  };
  const updateFocus = (): void => {
    const at = focus();
    for (const { node: cell, place } of cells) {
      setAttribute(cell, "tabindex", isCell(at) && isSamePlace(place, at) ? 0 : -1);
    }
    for (const { node: head, target } of heads) {
      setAttribute(head, "tabindex", isAt(target, at) ? 0 : -1);
    }
  };
  const placeOf = (inside: Node): GridFocus | undefined => {
    const cell = cells.find((candidate) => candidate.node.contains(inside));
    if (cell !== undefined) return cell.place;
    const head = heads.find((candidate) => candidate.node.contains(inside));
    return head === undefined ? undefined : focusOf(head.target);
  };
  const isDragEnd = dragCarry(
    table,
    moves,
    {
      carriedAt(inside) {
        const at = placeOf(inside);
        if (at === undefined) return undefined;
        return at.pathology === null
          ? { side: "identities", index: at.identity! }
          : { side: "pathologies", index: at.pathology };
      },
      identityAt: (inside) => placeOf(inside)?.identity ?? undefined,
    },
    signal,
  );
  const giveSelected = ({ identity, pathology }: CellPlace): void => {
    moves.pick({ side: "pathologies", index: pathology });
    moves.giveTo(identity);
  };

  const listen = { signal };
  table.addEventListener(
    "click",
    (event) => {
      const at = placeOf(event.target as Node);
      if (at === undefined || isDragEnd() || event.target instanceof HTMLInputElement) return;
      if (!isCell(at)) moves.touch(targetOf(at));
      else if (moves.carried !== undefined) moves.giveTo(at.identity);
      moveTo(at);
    },
    listen,
  );
  table.addEventListener(
    "focusin",
    (event) => {
      // Screen readers move the focus by themselves.
      const at = placeOf(event.target as Node);
      if (at === undefined || event.target instanceof HTMLInputElement) return;
      headFocus = isCell(at) ? undefined : at;
      if (isCell(at) && !isSamePlace(at, scene.get("selected"))) scene.change({ selected: at });
      updateFocus();
    },
    listen,
  );
  table.addEventListener(
    "dblclick",
    (event) => {
      const at = placeOf(event.target as Node);
      if (at !== undefined && isCell(at)) giveSelected(at);
    },
    listen,
  );
  const act = (event: KeyboardEvent, at: GridFocus): boolean => {
    switch (event.key) {
      case "Enter":
      case " ":
        if (!isCell(at)) moves.touch(targetOf(at));
        else if (moves.carried === undefined) giveSelected(at);
        else moves.giveTo(at.identity);
        return true;
      case "Delete":
      case "Backspace":
        if (at.identity === null) return false;
        scene.ask({ type: "give", identity: at.identity, pathology: null });
        scene.announce(
          `${scene.get("identities")[at.identity]!.label} has its own pathology again.`,
        );
        return true;
      case "Escape":
        if (moves.carried === undefined) return false;
        moves.cancel();
        return true;
      default:
        return false;
    }
  };
  table.addEventListener(
    "keydown",
    (event) => {
      if (event.target instanceof HTMLInputElement) return;
      const at = focus();
      const shown = { rows: scene.get("shownRows"), columns: scene.get("shownColumns") };
      const isPlain = !event.altKey && !event.metaKey && !event.shiftKey;
      const next = isPlain ? focusAfterKey(event, at, shown) : undefined;
      if (next !== undefined) moveTo(next);
      else if (!isPlain || event.ctrlKey || !act(event, at)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    listen,
  );

  const build = (): void => {
    const rows = scene.get("shownRows");
    const columns = scene.get("shownColumns");
    const key = JSON.stringify([rows, columns]);
    if (key === built) return;
    built = key;
    const hadFocus = table.contains(document.activeElement);
    const columnHeads = columns.map((index) => columnHead(scene, index));
    const rowHeads = rows.map((index) => rowHead(scene, index));
    const rowCells = rows.map((identity) =>
      columns.map((pathology) => gridCell({ identity, pathology })),
    );
    const corner = element("div", { class: "cl-corner", role: "columnheader" }, "Identity ↓");
    corner.append(element("br"), "Pathology →");
    table.replaceChildren(
      row(corner, ...columnHeads.map((head) => head.node)),
      ...rowCells.map((line, place) =>
        row(rowHeads[place]!.node, ...line.map((cell) => cell.node)),
      ),
    );
    table.style.setProperty("--cl-columns", String(columns.length));
    cells = rowCells.flat();
    heads = [...columnHeads, ...rowHeads];
    if (headFocus !== undefined && nodeOf(headFocus) === undefined) headFocus = undefined;
    if (hadFocus) (nodeOf(focus()) ?? cells[0]!.node).focus({ preventScroll: true });
  };

  return {
    node,
    update() {
      build();
      const lookup = sceneLookup(scene);
      updateFocus();
      for (const cell of cells) updateCell(scene, cell, lookup);
      for (const head of heads) head.update(lookup, moves.carried);
      table.classList.toggle("cl-carrying", moves.carried !== undefined);
      const ready = cells.filter((cell) => scene.cellAt(cell.place) !== undefined).length;
      progress.hidden = ready === cells.length;
      progress.textContent = `Rendering: ${ready} of ${cells.length} films`;
    },
  };
}

function row(...nodes: readonly HTMLElement[]): HTMLElement {
  return element("div", { role: "row", class: "cl-row" }, ...nodes);
}

function focusOf({ side, index }: Carried): GridFocus {
  return side === "identities"
    ? { identity: index, pathology: null }
    : { identity: null, pathology: index };
}

function targetOf({ identity, pathology }: GridFocus): Carried {
  return pathology === null
    ? { side: "identities", index: identity! }
    : { side: "pathologies", index: pathology };
}

function isAt(target: Carried, at: GridFocus): boolean {
  const { identity, pathology } = focusOf(target);
  return identity === at.identity && pathology === at.pathology;
}
