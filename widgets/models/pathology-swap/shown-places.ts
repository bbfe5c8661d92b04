import type { CellPlace, PathologySwapState } from "./pathology-swap-protocol.ts";

/** State that changes what is seen of a grid, in its picture and in its views. */
export const visibleState = [
  "shownRows",
  "shownColumns",
  "selected",
  "comparedWith",
  "differenceRange",
  "windowCenter",
  "windowWidth",
] as const;

/** All cells on the screen, the selected one first. */
export function shownPlaces({
  shownRows,
  shownColumns,
  selected,
}: Pick<PathologySwapState, "shownRows" | "shownColumns" | "selected">): readonly CellPlace[] {
  const grid = shownRows.flatMap((identity) =>
    shownColumns.map((pathology) => ({ identity, pathology })),
  );
  return [selected, ...grid];
}
