/** MIME type -> content: text types as text, image types as base64, JSON types as plain objects. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface DisplayOptions {
  /** Names the output, so that `update` can replace it later. */
  readonly displayId?: string;
  /** Output metadata by MIME type, for example `{ "image/png": { width: 320, alt: "…" } }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a kernel offers to values that want to show themselves more than once. */
export interface DisplayHost {
  /** Sends `display_data`; the output belongs to the cell that runs (or ran) the call. */
  display(bundle: MimeBundle, options?: DisplayOptions): void;
  /** Shows any value as `display(value)` of a cell does. */
  show?(value: unknown): void;
  /** Sends `update_display_data`: every output shown with `displayId` is replaced. */
  update(displayId: string, bundle: MimeBundle, options?: Pick<DisplayOptions, "metadata">): void;
}

/** The method by which a value tells any JavaScript kernel how to show it: returns a MIME bundle. */
export const jupyterDisplayKey: unique symbol = Symbol.for("Jupyter.display") as never;

/**
 * The property by which a value names its output. A kernel that shows such a value sends
 * `display_data` with `transient.display_id` set to it, because a front end remembers display ids of
 * `display_data` alone, not of `execute_result`.
 */
export const displayIdKey: unique symbol = Symbol.for("counterlab.displayId") as never;

/** Where our kernel leaves a function that returns the newest cell's `display`. */
const currentDisplayKey: unique symbol = Symbol.for("counterlab.display") as never;

type RawOptions = DisplayOptions & { readonly raw: true };

interface CellDisplay {
  (bundle: MimeBundle, options: RawOptions): unknown;
  (value: unknown): unknown;
  update(displayId: string, bundle: MimeBundle, options: RawOptions): void;
}

/** The running kernel's display host, or `undefined` outside a kernel. */
export function currentDisplayHost(): DisplayHost | undefined {
  const display = (globalThis as { [currentDisplayKey]?: () => CellDisplay })[currentDisplayKey];
  if (display === undefined) return undefined;
  return {
    display: (bundle, options) => void display()(bundle, { ...options, raw: true }),
    show: (value) => void display()(value),
    update(displayId, bundle, options) {
      display().update(displayId, bundle, { ...options, raw: true });
    },
  };
}
