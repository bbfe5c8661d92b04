import { element } from "../element.ts";
import type { Carried, Carry } from "./carry.ts";

/** Nearer than this it was a click. */
const dragFromPx = 6;

/**
 * Dragging with mouse, pen or finger: what lies under the pointer at first is carried, and given to the identity
 * under it at the end.
 *
 * @param targets What can be dragged, and who can be given something, at a node of the table.
 * @returns Whether the click that the browser sends now ended a drag.
 */
export function dragCarry(
  table: HTMLElement,
  moves: Carry,
  targets: {
    readonly carriedAt: (node: Node) => Carried | undefined;
    readonly identityAt: (node: Node) => number | undefined;
  },
  signal: AbortSignal,
): () => boolean {
  let from: { xPx: number; yPx: number; node: Node } | undefined;
  let ghost: HTMLElement | undefined;
  let endedAtMs = -1000;

  const end = (): void => {
    from = undefined;
    ghost?.remove();
    ghost = undefined;
    for (const node of table.querySelectorAll(".cl-drop")) node.classList.remove("cl-drop");
  };
  const identityUnder = (event: PointerEvent): number | undefined => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    return under === null || !table.contains(under) ? undefined : targets.identityAt(under);
  };
  const options = { signal };
  table.addEventListener(
    "pointerdown",
    (event) => {
      const { target, button, clientX, clientY } = event;
      if (button !== 0 || target instanceof HTMLInputElement) return;
      from = { xPx: clientX, yPx: clientY, node: target as Node };
    },
    options,
  );
  window.addEventListener(
    "pointermove",
    (event) => {
      if (from === undefined) return;
      if (ghost === undefined) {
        if (Math.hypot(event.clientX - from.xPx, event.clientY - from.yPx) < dragFromPx) return;
        const carried = targets.carriedAt(from.node);
        if (carried === undefined) {
          from = undefined;
          return;
        }
        moves.pick(carried);
        ghost = ghostOf(from.node);
        table.append(ghost);
      }
      ghost.style.translate = `${event.clientX}px ${event.clientY}px`;
      const identity = identityUnder(event);
      for (const row of table.querySelectorAll<HTMLElement>("[data-identity]")) {
        row.classList.toggle("cl-drop", row.dataset["identity"] === String(identity));
      }
    },
    options,
  );
  window.addEventListener(
    "pointerup",
    (event) => {
      if (ghost !== undefined) {
        const identity = identityUnder(event);
        if (identity === undefined) moves.cancel();
        else moves.giveTo(identity);
        endedAtMs = event.timeStamp;
      }
      end();
    },
    options,
  );
  window.addEventListener(
    "pointercancel",
    () => {
      if (ghost !== undefined) moves.cancel();
      end();
    },
    options,
  );
  return () => performance.now() - endedAtMs < 50;
}

/** A small copy of the dragged film that follows the pointer. */
function ghostOf(node: Node): HTMLElement {
  const film = (node as Element).closest("[role]")?.querySelector("canvas");
  const copy = element("canvas", { width: 56, height: 56 });
  if (film) copy.getContext("2d")?.drawImage(film, 0, 0, 56, 56);
  return element("div", { class: "cl-ghost", "aria-hidden": "true" }, copy);
}
