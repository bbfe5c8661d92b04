import type { SwapCell } from "./swap-cell.ts";
import type { CellPlace, Distance, PathologySwapState } from "./pathology-swap-protocol.ts";

/** How far the counterfactual is from the film it is compared with. */
export function shownDistance(
  cell: Pick<
    Extract<SwapCell, { status: "ready" }>,
    "fromOriginal" | "fromReconstruction" | "fromExact"
  >,
  comparedWith: PathologySwapState["comparedWith"],
): Distance {
  const { fromOriginal, fromReconstruction, fromExact } = cell;
  if (comparedWith === "exact" && fromExact !== null) return fromExact;
  return comparedWith === "reconstruction" ? (fromReconstruction ?? fromOriginal) : fromOriginal;
}

/** "Mean absolute difference 0.043, largest 0.51 (intensity 0 to 1)". */
export function distanceWords({ meanAbsolute, largest }: Distance): string {
  return `Mean absolute difference ${meanAbsolute.toFixed(3)}, largest ${largest.toFixed(2)} (intensity 0 to 1)`;
}

/** The whole grid in words, for readers who do not see it. */
export function pathologySwapWords(
  state: PathologySwapState,
  cellAt: (place: CellPlace) => SwapCell | undefined,
): string {
  const { identities, pathologies, shownRows, shownColumns, selected, title } = state;
  const rows = shownRows.map((index) => identities[index]!.label);
  const columns = shownColumns.map((index) => pathologies[index]!.label);
  const isReady = (identity: number, pathology: number): boolean =>
    cellAt({ identity, pathology })?.status === "ready";
  const ready = shownRows.flatMap((row) => shownColumns.filter((column) => isReady(row, column)));
  const cell = cellAt(selected);
  const gifts = state.given.flatMap((index, identity) =>
    index === null ? [] : [`${identities[identity]!.label} has ${pathologies[index]!.label}`],
  );
  const what = `${identities[selected.identity]!.label} with the pathology of ${pathologies[selected.pathology]!.label}`;
  return [
    `${title === "" ? "" : `${title}. `}Grid of counterfactual films: ` +
      `${rows.length} identities (${rows.join(", ")}) by ` +
      `${columns.length} pathologies (${columns.join(", ")}), ` +
      `${ready.length} of ${rows.length * columns.length} cells rendered.`,
    `Selected: ${what}.`,
    cell?.status === "ready"
      ? `${distanceWords(shownDistance(cell, state.comparedWith))}, compared with the ${state.comparedWith}.`
      : cell?.status === "failed"
        ? `It failed: ${cell.message}`
        : "It is not rendered yet.",
    ...(gifts.length === 0 ? [] : [`Swapped: ${gifts.join("; ")}.`]),
  ].join(" ");
}
