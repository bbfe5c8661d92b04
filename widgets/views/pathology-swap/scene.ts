import { windowLookup } from "../../drawing/window-level.ts";
import type {
  CellPlace,
  Distance,
  FailedCell,
  PathologySwapRequest,
  PathologySwapState,
} from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { bytesFromBinary, type BinaryData } from "../front-end.ts";
import type { ShownCell } from "./cell-store.ts";

/** What the parts of the view see and may do. */
export interface SwapScene {
  get<Name extends keyof PathologySwapState>(name: Name): PathologySwapState[Name];
  /** Changes state here and in the kernel. */
  change(patch: Partial<PathologySwapState>): void;
  cellAt(place: CellPlace): ShownCell | FailedCell | undefined;
  retry(place: CellPlace): void;
  save(place: CellPlace): void;
  /** Asks the kernel for a swap, or to take one back. */
  ask(request: SwapRequest): void;
  /** Says something to readers who do not see it. */
  announce(words: string): void;
}

/** What changes who has which pathology. */
export type SwapRequest = Extract<
  PathologySwapRequest,
  { readonly type: "give" | "exchange" | "undo" | "redo" }
>;

/** A piece of the page that follows the scene. */
export interface ScenePart {
  readonly node: HTMLElement;
  /** Brings the node up to date; called at most once a frame. */
  update(): void;
}

export function isSamePlace(left: CellPlace, right: CellPlace): boolean {
  return left.identity === right.identity && left.pathology === right.pathology;
}

/** Shown grey of each film byte under the scene's window. */
export function sceneLookup(scene: SwapScene): Uint8Array {
  return windowLookup({ center: scene.get("windowCenter"), width: scene.get("windowWidth") });
}

/** The pixels of a row's or column's own film. */
export function sourcePixels(
  scene: SwapScene,
  side: "identities" | "pathologies",
  index: number,
): Uint8Array | null {
  const film: BinaryData | null = scene.get(side)[index]!.film;
  return film === null ? null : bytesFromBinary(film);
}

/** The film a ready cell is compared with, and how far it is. */
export function comparison(
  scene: SwapScene,
  cell: ShownCell,
): {
  readonly name: "Original" | "Reconstruction" | "Exact";
  readonly film: Uint8Array;
  readonly distance: Distance;
} {
  if (scene.get("comparedWith") === "exact" && cell.exact !== null && cell.fromExact !== null) {
    return { name: "Exact", film: cell.exact, distance: cell.fromExact };
  }
  if (
    scene.get("comparedWith") === "reconstruction" &&
    cell.reconstruction !== null &&
    cell.fromReconstruction !== null
  ) {
    return { name: "Reconstruction", film: cell.reconstruction, distance: cell.fromReconstruction };
  }
  const film = sourcePixels(scene, "identities", cell.identity)!;
  return { name: "Original", film, distance: cell.fromOriginal };
}

/** The selected cell in one sentence. */
export function liveWords(scene: SwapScene): string {
  const place = scene.get("selected");
  const cell = scene.cellAt(place);
  const what = placeWords(scene, place);
  if (cell === undefined) return `${what}: rendering.`;
  if (cell.status === "failed") return `${what}: failed. ${cell.message}`;
  const { name, distance } = comparison(scene, cell);
  return `${what}: mean absolute difference from the ${name.toLowerCase()} ${distance.meanAbsolute.toFixed(3)}.`;
}

export function placeWords(scene: SwapScene, { identity, pathology }: CellPlace): string {
  return `${scene.get("identities")[identity]!.label} with the pathology of ${scene.get("pathologies")[pathology]!.label}`;
}
