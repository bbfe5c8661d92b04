import { windowLookup } from "../../drawing/window-level.ts";
import type {
  CellPlace,
  Distance,
  FailedCell,
  PathologySwapState,
} from "../../models/pathology-swap/pathology-swap-protocol.ts";
import { bytesFromBinary, type BinaryData } from "../front-end.ts";
import type { ShownCell } from "./cell-store.ts";

/** What the parts of the view see and may do. */
export interface PathologySwapScene {
  get<Name extends keyof PathologySwapState>(name: Name): PathologySwapState[Name];
  /** Changes state here and in the kernel. */
  change(patch: Partial<PathologySwapState>): void;
  cellAt(place: CellPlace): ShownCell | FailedCell | undefined;
  retry(place: CellPlace): void;
}

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
export function sceneLookup(scene: PathologySwapScene): Uint8Array {
  return windowLookup({ center: scene.get("windowCenter"), width: scene.get("windowWidth") });
}

/** The pixels of a row's or column's own film. */
export function sourcePixels(
  scene: PathologySwapScene,
  side: "identities" | "pathologies",
  index: number,
): Uint8Array | null {
  const film: BinaryData | null = scene.get(side)[index]!.film;
  return film === null ? null : bytesFromBinary(film);
}

/** The film a ready cell is compared with, and how far it is. */
export function comparison(
  scene: PathologySwapScene,
  cell: ShownCell,
): {
  readonly name: "Original" | "Reconstruction";
  readonly film: Uint8Array;
  readonly distance: Distance;
} {
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
export function liveWords(scene: PathologySwapScene): string {
  const place = scene.get("selected");
  const cell = scene.cellAt(place);
  const what = placeWords(scene, place);
  if (cell === undefined) return `${what}: rendering.`;
  if (cell.status === "failed") return `${what}: failed. ${cell.message}`;
  const { name, distance } = comparison(scene, cell);
  return `${what}: mean absolute difference from the ${name.toLowerCase()} ${distance.meanAbsolute.toFixed(3)}.`;
}

export function placeWords(scene: PathologySwapScene, { identity, pathology }: CellPlace): string {
  return `${scene.get("identities")[identity]!.label} with the pathology of ${scene.get("pathologies")[pathology]!.label}`;
}
