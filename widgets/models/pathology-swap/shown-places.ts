import type { CellPlace, PathologySwapState } from "./pathology-swap-protocol.ts";

/** State that changes what is seen of a grid, in its picture and in its views. */
export const visibleState = [
  "shownRows",
  "shownColumns",
  "selected",
  "given",
  "severities",
  "comparedWith",
  "differenceRange",
  "windowCenter",
  "windowWidth",
] as const;

/** All cells on the screen, the selected one first; what a row was given is seen at its head. */
export function shownPlaces({
  shownRows,
  shownColumns,
  selected,
  given,
}: Pick<
  PathologySwapState,
  "shownRows" | "shownColumns" | "selected" | "given"
>): readonly CellPlace[] {
  const grid = shownRows.flatMap((identity) =>
    shownColumns.map((pathology) => ({ identity, pathology })),
  );
  const worn = shownRows.flatMap((identity) => {
    const pathology = given[identity] ?? null;
    const isInGrid = pathology === null || shownColumns.includes(pathology);
    return isInGrid ? [] : [{ identity, pathology }];
  });
  return [selected, ...grid, ...worn];
}
