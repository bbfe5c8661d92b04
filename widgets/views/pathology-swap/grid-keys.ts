import type { CellPlace } from "../../models/pathology-swap/pathology-swap-protocol.ts";

/** A place in the table: a cell, a row's head (no pathology) or a column's head (no identity). */
export interface GridFocus {
  readonly identity: number | null;
  readonly pathology: number | null;
}

export function isCell(focus: GridFocus): focus is CellPlace {
  return focus.identity !== null && focus.pathology !== null;
}

/** The place that a key leads to from `focus`; `undefined` when the key does not move. */
export function focusAfterKey(
  { key, ctrlKey }: Pick<KeyboardEvent, "key" | "ctrlKey">,
  { identity, pathology }: GridFocus,
  { rows, columns }: { readonly rows: readonly number[]; readonly columns: readonly number[] },
): GridFocus | undefined {
  // -1 is the head.
  const row = identity === null ? -1 : rows.indexOf(identity);
  const column = pathology === null ? -1 : columns.indexOf(pathology);
  const at = (toRow: number, toColumn: number): GridFocus => {
    const inRow = Math.min(rows.length - 1, Math.max(-1, toRow));
    const inColumn = Math.min(columns.length - 1, Math.max(-1, toColumn));
    // The corner is empty.
    if (inRow === -1 && inColumn === -1) return { identity, pathology };
    return { identity: rows[inRow] ?? null, pathology: columns[inColumn] ?? null };
  };
  switch (key) {
    case "ArrowUp":
      return ctrlKey ? undefined : at(row - 1, column);
    case "ArrowDown":
      return ctrlKey ? undefined : at(row + 1, column);
    case "ArrowLeft":
      return ctrlKey ? undefined : at(row, column - 1);
    case "ArrowRight":
      return ctrlKey ? undefined : at(row, column + 1);
    case "Home":
      return at(ctrlKey ? 0 : row, 0);
    case "End":
      return at(ctrlKey ? rows.length - 1 : row, columns.length - 1);
    case "PageUp":
      return at(0, column);
    case "PageDown":
      return at(rows.length - 1, column);
    default:
      return undefined;
  }
}
