import { filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import { fullWindow, windowLookup } from "../../drawing/window-level.ts";
import type { LatentExplorerState } from "../../models/latent-explorer/latent-explorer-protocol.ts";
import { element } from "../element.ts";
import type { ExplorerStore } from "./explorer-store.ts";

/** What the parts of the view see and may do. */
export interface ExplorerScene {
  readonly store: ExplorerStore;
  /** Counts the changes of size: asking an element for its size lays the page out, and that is too dear for each frame. */
  readonly sizeVersion: () => number;
  get<Name extends keyof LatentExplorerState>(name: Name): LatentExplorerState[Name];
  /** Changes state here and in the kernel. */
  change(patch: Partial<LatentExplorerState>): void;
  /** Says something to readers who do not see the page, once the one before was heard. */
  say(words: string): void;
}

/** A piece of the page that follows the scene. */
export interface ScenePart {
  readonly node: HTMLElement;
  /** Brings the node up to date; called at most once a frame. */
  update(): void;
}

const wholeWindow = windowLookup(fullWindow);

/** Paints a film of bytes as large as its canvas is shown. */
export function paintFilm(
  canvas: HTMLCanvasElement,
  bytes: Uint8Array,
  sidePx: number,
  shownSizePx: number = canvas.clientWidth,
): void {
  if (bytes.length !== sidePx * sidePx) return;
  paintSquare(canvas, filmPixels(bytes, wholeWindow), sidePx, { isSmooth: true, shownSizePx });
}

/** Fills a choice; the first option is chosen until `update` says otherwise. */
export function choice<Value extends string>(
  options: readonly (readonly [value: Value, text: string])[],
  chosen: (value: Value) => void,
): HTMLSelectElement {
  const node = element(
    "select",
    {},
    ...options.map(([value, text]) => element("option", { value }, text)),
  );
  node.addEventListener("change", () => {
    chosen(node.value as Value);
  });
  return node;
}

export function field(label: string, ...controls: readonly HTMLElement[]): HTMLLabelElement {
  return element("label", { class: "cl-lx-field" }, element("span", {}, label), ...controls);
}

export function button(text: string, pressed: () => void): HTMLButtonElement {
  const node = element("button", { type: "button", class: "cl-lx-button" }, text);
  node.addEventListener("click", pressed);
  return node;
}
