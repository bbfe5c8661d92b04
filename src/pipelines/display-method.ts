/** The method by which a value says how a notebook shows it: returns a MIME bundle or a promise of one. */
export const displayMethod: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself in a notebook. */
export interface Displayable {
  [displayMethod](): Record<string, unknown> | Promise<Record<string, unknown>>;
}
