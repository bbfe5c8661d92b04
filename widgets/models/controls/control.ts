import { jupyterDisplayKey, type MimeBundle } from "../display-host.ts";
import { widgetViewMimeType } from "../dom-widget-mime.ts";
import type { WidgetOptions } from "../widget.ts";
import { CoreWidget, type ControlOptions } from "./core-widget.ts";
import type { ControlSpec } from "./trait-spec.ts";

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
    return {
      ...(this.isLive ? { [widgetViewMimeType]: view } : {}),
      "text/plain": String(this),
    };
  }
}
