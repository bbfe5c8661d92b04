// A kernel that shows a value under the value's own name lets it replace what is shown. The names of this contract
// are symbols, so that library and kernel need not know each other.
const displayIdKey: unique symbol = Symbol.for("counterlab.displayId") as never;
const currentDisplayKey: unique symbol = Symbol.for("counterlab.display") as never;

type Bundle = Readonly<Record<string, unknown>>;

interface CellDisplay {
  update(displayId: string, bundle: Bundle, options: { readonly raw: true }): void;
}

/** Names a value's output in the notebook, so that `updateOutput` can replace it. */
export function nameOutput(value: object, displayId: string): void {
  Object.defineProperty(value, displayIdKey, { value: displayId });
}

/** Replaces every output that was shown under a name; does nothing outside a notebook. */
export function updateOutput(displayId: string, bundle: Bundle): void {
  const display = (globalThis as { [currentDisplayKey]?: () => CellDisplay })[currentDisplayKey];
  display?.().update(displayId, bundle, { raw: true });
}
