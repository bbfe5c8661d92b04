import * as base from "@jupyter-widgets/base";
import { OutputModel } from "@jupyter-widgets/output";
import { OutputArea, OutputAreaModel } from "@jupyterlab/outputarea";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { PanelLayout, type Widget } from "@lumino/widgets";

/** An area that shows a list of outputs as a notebook file keeps it. */
export function outputArea(rendermime: IRenderMimeRegistry): {
  readonly area: OutputArea;
  readonly model: OutputAreaModel;
} {
  const model = new OutputAreaModel({ trusted: true });
  const { defaultContentFactory: contentFactory } = OutputArea;
  return { model, area: new OutputArea({ model, rendermime, contentFactory }) };
}

/** The classes of `@jupyter-widgets/output`: captured outputs, kept in the widget's state. */
export function outputWidgetClasses(
  rendermime: IRenderMimeRegistry,
): Readonly<Record<string, typeof base.WidgetModel | typeof base.WidgetView>> {
  class OutputView extends base.DOMWidgetView {
    readonly #shown = outputArea(rendermime);

    override render(): void {
      super.render();
      const { area, model } = this.#shown;
      const panel = (this as unknown as { luminoWidget: Widget }).luminoWidget;
      const layout = new PanelLayout();
      panel.layout = layout;
      layout.addWidget(area);
      const show = (): void => {
        model.fromJSON(this.model.get("outputs") as never);
      };
      this.listenTo(this.model, "change:outputs", show);
      show();
    }

    override remove(): unknown {
      this.#shown.area.dispose();
      return super.remove();
    }
  }
  return { OutputModel, OutputView };
}
