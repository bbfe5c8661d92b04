import { jupyterDisplayKey, type MimeBundle } from "../display-host.ts";
import { snapshotMimeType, widgetViewMimeType, type Snapshot } from "../dom-widget-mime.ts";
import type { WidgetOptions } from "../widget.ts";
import { base64FromBytes } from "../base64.ts";
import { controlWords } from "./control-words.ts";
import { CoreWidget, type ControlOptions } from "./core-widget.ts";
import type { ControlSpec } from "./trait-spec.ts";

/** Larger pictures are not kept beside the words: no widget makes a notebook grow by more than 200 kB. */
const mostPictureBytes = 145_000;

/** A widget of the standard front end that can be seen: the result of a cell, or inside a container. */
export abstract class Control<Traits extends object> extends CoreWidget<Traits> {
  protected constructor(
    spec: ControlSpec,
    options: ControlOptions<Traits>,
    runtime: WidgetOptions | undefined,
  ) {
    super(spec, options, runtime);
    // Not a class member: a name that is a symbol kept elsewhere cannot be declared in isolation.
    Object.defineProperty(this, jupyterDisplayKey, { value: () => this.mimeBundle() });
  }

  /** Opens the control and returns what a cell shows of it. */
  mimeBundle(): MimeBundle {
    this.open();
    const view = { version_major: 2, version_minor: 0, model_id: this.modelId };
    const snapshot: Snapshot = {
      ...{ alt: controlWords(this), modelId: this.isLive ? this.modelId : null, isFirst: true },
    };
    return {
      ...(this.isLive ? { [widgetViewMimeType]: view } : {}),
      [snapshotMimeType]: snapshot,
      ...this.#picture(),
      "text/plain": String(this),
    };
  }

  /** What an `Image` holds. */
  #picture(): MimeBundle {
    const { value, format } = this.state as { readonly value?: unknown; readonly format?: unknown };
    if (!(value instanceof Uint8Array) || value.length > mostPictureBytes) return {};
    if (format !== "png" && format !== "jpeg") return {};
    return value.length === 0 ? {} : { [`image/${format}`]: base64FromBytes(value) };
  }
}
