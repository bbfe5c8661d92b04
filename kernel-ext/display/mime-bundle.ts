import { inspect } from "node:util";
import { richBundle } from "./rich-value.ts";

/** MIME type to data: strings for text and base64, objects for JSON types. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The method by which a value says how it shows: `value[Symbol.for("Jupyter.display")]()` returns a MIME bundle or a promise of one. */
export const displayMethod: unique symbol = Symbol.for("Jupyter.display") as never;

/** The property by which a value names its output, so that it can replace it later (a widget's picture). */
export const displayIdKey: unique symbol = Symbol.for("counterlab.displayId") as never;

/** The name that `value` gives to its output, if it does. */
export function displayIdOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !(displayIdKey in value)) return undefined;
  return typeof value[displayIdKey] === "string" ? value[displayIdKey] : undefined;
}

/** How a value shows in a notebook; tensors, and values with a display method of their own, may answer later. */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const show = hasDisplayMethod(value) ? value[displayMethod] : undefined;
  if (typeof show !== "function") return richBundle(value);
  const bundle: unknown = Reflect.apply(show, value, []);
  return bundle instanceof Promise ? bundle.then(checkBundle) : checkBundle(bundle);
}

function hasDisplayMethod(value: unknown): value is { [displayMethod]: unknown } {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    displayMethod in value
  );
}

/** Bytes become base64, as Jupyter wants them. */
export function checkBundle(bundle: unknown): MimeBundle {
  if (typeof bundle !== "object" || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `a display method must return an object of MIME types, e.g. { "text/html": "<b>x</b>" }; it returned ${inspect(bundle, { depth: 0 })}`,
    );
  }
  return Object.fromEntries(
    Object.entries(bundle).map(([type, data]) => [
      type,
      data instanceof Uint8Array ? Buffer.from(data).toString("base64") : data,
    ]),
  );
}
