import { base64FromBytes } from "./base64.ts";
import {
  currentDisplayHost,
  displayIdKey,
  jupyterDisplayKey,
  type DisplayHost,
  type MimeBundle,
} from "./display-host.ts";
import { snapshotMimeType, widgetViewMimeType, type Snapshot } from "./dom-widget-mime.ts";
import type { Layout } from "./layout.ts";
import type { Picture } from "./picture/picture.ts";
import { Widget, type WidgetOptions } from "./widget.ts";
import type { ModelNames } from "./widget-module.ts";

/** State that every visible widget has. */
export interface DomState {
  readonly layout: Layout;
  readonly _dom_classes: readonly string[];
  readonly tabbable: boolean | null;
  readonly tooltip: string | null;
}

export interface DomWidgetOptions extends WidgetOptions {
  /** Where pictures are replaced after they were first shown; the running kernel's when omitted. */
  readonly displayHost?: DisplayHost | undefined;
  /** Pictures in the notebook are replaced at most this often; 1500 ms when omitted. */
  readonly pictureIntervalMs?: number;
}

/** A widget that can be seen: it shows itself as the result of a cell and leaves a picture there. */
export abstract class DomWidget<State extends DomState> extends Widget<State> {
  readonly #displayHost: DisplayHost | undefined;
  readonly #pictureIntervalMs: number;
  #isDisplayed = false;
  #cancelUpdate: (() => void) | undefined;

  protected constructor(names: ModelNames, state: State, options: DomWidgetOptions = {}) {
    super(names, state, options);
    this.#displayHost = "displayHost" in options ? options.displayHost : currentDisplayHost();
    this.#pictureIntervalMs = options.pictureIntervalMs ?? 1500;
    // Not class members: names that are symbols kept elsewhere cannot be declared in isolation.
    Object.defineProperties(this, {
      [jupyterDisplayKey]: { value: () => this.mimeBundle() },
      [displayIdKey]: { get: () => this.displayId },
    });
  }

  /** Draws the widget as it is now. */
  abstract picture(): Picture;

  /** Names the widget's output in the notebook, so that its picture can be replaced. */
  get displayId(): string {
    return `counterlab-${this.modelId}`;
  }

  /**
   * Opens the widget and returns what a cell shows of it: live view, picture, words. Kernels find
   * it under `Symbol.for("Jupyter.display")`.
   */
  mimeBundle(): MimeBundle {
    this.open();
    this.#isDisplayed = true;
    this.displayed();
    return this.#bundle();
  }

  /** Replaces the picture in the notebook now, instead of within `pictureIntervalMs`. */
  flushPicture(): void {
    this.#cancelUpdate?.();
    this.#cancelUpdate = undefined;
    if (this.#isDisplayed) this.#displayHost?.update(this.displayId, this.#bundle());
  }

  /** What follows when the widget is shown. */
  protected displayed(): void {
    // Nothing to start here; widgets that compute on demand do.
  }

  /** Call when the widget looks different: the notebook's picture follows, throttled. */
  protected pictureChanged(): void {
    if (!this.#isDisplayed || this.#displayHost === undefined) return;
    this.#cancelUpdate ??= this.platform.later(this.#pictureIntervalMs, () => {
      this.flushPicture();
    });
  }

  protected override closed(): void {
    if (this.#cancelUpdate !== undefined) this.flushPicture();
  }

  #bundle(): MimeBundle {
    const { png, alt } = this.picture();
    const snapshot: Snapshot = { alt, modelId: this.isLive ? this.modelId : null };
    const view = { version_major: 2, version_minor: 0, model_id: this.modelId };
    return {
      ...(this.isLive ? { [widgetViewMimeType]: view } : {}),
      [snapshotMimeType]: snapshot,
      "image/png": base64FromBytes(png),
      "text/plain": alt,
    };
  }
}
