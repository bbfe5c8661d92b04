/** Declarations of what every cell finds without an import, and of the module names that only exist in cells. */
export const cellGlobals = `
import type { Display as TslabDisplay } from "tslab";

declare global {
  type MimeBundle = Readonly<Record<string, unknown>>;

  interface DisplayOptions {
    /** Names the output so that \`display.update\` can replace it. */
    readonly displayId?: string;
    /** Takes the value as a MIME bundle, not as a value to show. */
    readonly raw?: boolean;
    readonly metadata?: Readonly<Record<string, unknown>>;
  }

  /** One output on the page; \`update\` replaces it wherever it shows. */
  interface DisplayHandle {
    readonly displayId: string;
    update(value: unknown, options?: Omit<DisplayOptions, "displayId">): void;
  }

  interface Display extends TslabDisplay {
    /** Shows a value in the cell's output; a value with a method \`[Symbol.for("Jupyter.display")]\` says itself how. */
    (value: unknown, options?: DisplayOptions): DisplayHandle;
    /** Replaces the output shown under \`displayId\`. */
    update(displayId: string, value: unknown, options?: Omit<DisplayOptions, "displayId">): void;
    json(value: unknown): void;
    /** Clears the cell's output; with \`wait\`, when the next output comes. */
    clear(options?: { readonly wait?: boolean }): void;
  }

  /** Shows values in the cell's output. */
  const display: Display;
  interface ProgressOptions {
    /** Number of items, where the iterable does not know it. */
    readonly total?: number;
    readonly label?: string;
  }

  /** Passes the items of an iterable through and shows a bar: \`for (const x of progress(items)) …\`. */
  function progress<Item>(items: Iterable<Item>, options?: ProgressOptions): Generator<Item, void>;
  function progress<Item>(items: AsyncIterable<Item>, options?: ProgressOptions): AsyncGenerator<Item, void>;
  /** Asks the reader for a line of text. */
  function input(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;
  /** Asks the reader for a line of text and blocks until it is there; \`otherwise\` stands for an empty one. */
  function prompt(prompt?: string, otherwise?: string, options?: { readonly password?: boolean }): string;
  /** Aborted when the cell is stopped: hand it to what should stop with it. */
  const signal: AbortSignal;
}
`;

/** \`tslab\` as cells see it. */
export const tslabModule = `
declare module "tslab" {
  export interface Display {
    javascript(text: string): void;
    html(text: string): void;
    markdown(text: string): void;
    latex(text: string): void;
    svg(text: string): void;
    png(bytes: Uint8Array): void;
    jpeg(bytes: Uint8Array): void;
    gif(bytes: Uint8Array): void;
    pdf(bytes: Uint8Array): void;
    text(text: string): void;
    raw(contentType: string, data: string | Uint8Array): void;
  }
  export const versions: { readonly tslab: string; readonly typescript: string; readonly node: string };
  /** Shows values in the running cell. */
  export const display: Display;
  /** A display that replaces what it showed before. */
  export function newDisplay(): Display;
}
`;
