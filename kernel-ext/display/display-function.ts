import { checkBundle, displayIdOf, mimeBundle, type MimeBundle } from "./mime-bundle.ts";

export interface DisplayOptions {
  /** Names the output so that `display.update` can replace it. */
  readonly displayId?: string;
  /** Takes `value` as a MIME bundle, not as a value to show. */
  readonly raw?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** One output on the page; `update` replaces it wherever it shows. */
export interface DisplayHandle {
  readonly displayId: string;
  update(value: unknown, options?: Omit<DisplayOptions, "displayId">): void;
}

/** tslab's display interface. */
export interface TslabDisplay {
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

/** The global `display`: shows values, and holds the shorthands for one MIME type. */
export interface Display extends TslabDisplay {
  (value: unknown, options?: DisplayOptions): DisplayHandle;
  /** Replaces the output shown under `displayId`. */
  update(displayId: string, value: unknown, options?: Omit<DisplayOptions, "displayId">): void;
  json(value: unknown): void;
  /** Clears the cell's output; with `wait`, when the next output comes. */
  clear(options?: { readonly wait?: boolean }): void;
}

export interface DisplayChannel {
  readonly publish: (msgType: string, content: Readonly<Record<string, unknown>>) => void;
  readonly newDisplayId: () => string;
  /** Told of values that answer later, so that the cell does not end before them. */
  readonly onPending: (pending: Promise<void>) => void;
}

/** Makes the `display` of one cell. */
export function createDisplay(channel: DisplayChannel): Display {
  const publishBundle = (
    msgType: "display_data" | "update_display_data",
    data: MimeBundle,
    { displayId, metadata = {} }: DisplayOptions,
  ): void => {
    channel.publish(msgType, { data, metadata, transient: { display_id: displayId } });
  };

  /** Values that answer later are published in the order of the calls. */
  let previous: Promise<void> | undefined;
  const show = (
    msgType: "display_data" | "update_display_data",
    value: unknown,
    options: DisplayOptions,
  ): void => {
    const bundle = options.raw === true ? checkBundle(value) : mimeBundle(value);
    if (previous === undefined && !(bundle instanceof Promise)) {
      publishBundle(msgType, bundle, options);
      return;
    }
    const pending = Promise.all([bundle, previous]).then(([ready]) => {
      publishBundle(msgType, ready, options);
    });
    const settled = pending
      .catch(() => undefined)
      .finally(() => {
        if (previous === settled) previous = undefined;
      });
    previous = settled;
    channel.onPending(pending);
  };

  const display = (value: unknown, options: DisplayOptions = {}): DisplayHandle => {
    const displayId = options.displayId ?? displayIdOf(value) ?? channel.newDisplayId();
    show("display_data", value, { ...options, displayId });
    return {
      displayId,
      update(next, updateOptions = {}) {
        show("update_display_data", next, { ...updateOptions, displayId });
      },
    };
  };

  return Object.assign(display, {
    ...createTslabDisplay((bundle) => {
      show("display_data", bundle, { raw: true, displayId: channel.newDisplayId() });
    }),
    update(displayId: string, value: unknown, options: DisplayOptions = {}) {
      show("update_display_data", value, { ...options, displayId });
    },
    json(value: unknown) {
      display({ "application/json": value, "text/plain": JSON.stringify(value) }, { raw: true });
    },
    clear({ wait = false }: { readonly wait?: boolean } = {}) {
      channel.publish("clear_output", { wait });
    },
  });
}

/** The one-type shorthands, each ending in `show`. */
export function createTslabDisplay(show: (bundle: MimeBundle) => void): TslabDisplay {
  const as =
    (contentType: string) =>
    (data: string | Uint8Array): void => {
      show({ [contentType]: data });
    };
  return {
    javascript: as("text/javascript"),
    html: as("text/html"),
    markdown: as("text/markdown"),
    latex: as("text/latex"),
    svg: as("image/svg+xml"),
    png: as("image/png"),
    jpeg: as("image/jpeg"),
    gif: as("image/gif"),
    pdf: as("application/pdf"),
    text: as("text/plain"),
    raw(contentType, data) {
      show({ [contentType]: data });
    },
  };
}
