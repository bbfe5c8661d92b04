import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { snapshotMimeType, widgetViewMimeType, type Snapshot } from "../models/dom-widget-mime.ts";

interface LuminoWidget {
  readonly node: HTMLElement;
  readonly parent: LuminoWidget | null;
  layout: unknown;
  addClass(name: string): void;
  processMessage(message: { readonly type: string }): void;
  dispose(): void;
}

/** The part of `@lumino/widgets` that we use. */
export interface LuminoWidgets {
  readonly Widget: new () => LuminoWidget;
  readonly PanelLayout: new () => { addWidget(widget: unknown): void };
}

interface RenderMime {
  getFactory(mimeType: string): IRenderMime.IRendererFactory | undefined;
}

/** The manager of a notebook arrives some time after its outputs, or never: we look less and less often. */
const firstLookMs = 100;
const slowestLookMs = 5000;

/**
 * Renders `snapshotMimeType`: the picture at once, also in notebooks without a kernel and in
 * untrusted ones, and the live view in its place when the widget's model can be reached.
 * (ipywidgets alone shows "Loading widget..." for ever in a notebook without a kernel.)
 */
export function snapshotFactory(lumino: LuminoWidgets): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [snapshotMimeType],
    defaultRank: -100,
    createRenderer: (options) => createRenderer(lumino, options),
  };
}

function createRenderer(
  lumino: LuminoWidgets,
  options: IRenderMime.IRendererOptions,
): IRenderMime.IRenderer {
  class SnapshotRenderer extends lumino.Widget {
    readonly #image = document.createElement("img");
    readonly #panel = new lumino.PanelLayout();
    #model: IRenderMime.IMimeModel | undefined;
    #live: IRenderMime.IRenderer | undefined;
    #factory: IRenderMime.IRendererFactory | undefined;
    #modelId: string | null = null;
    #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #observer = new MutationObserver(() => {
      this.#swap();
    });

    constructor() {
      super();
      this.addClass("counterlab-snapshot");
      this.node.style.overflow = "auto";
      this.#image.style.maxWidth = "100%";
      this.node.append(this.#image);
      this.layout = this.#panel;
    }

    renderModel(model: IRenderMime.IMimeModel): Promise<void> {
      const { alt, modelId } = model.data[snapshotMimeType] as unknown as Snapshot;
      const png = model.data["image/png"];
      this.#image.alt = alt;
      if (typeof png === "string") this.#image.src = `data:image/png;base64,${png}`;
      this.#model = model;
      if (modelId !== this.#modelId) this.#dropLive();
      this.#modelId = modelId;
      // An untrusted notebook must not reach a running kernel's widgets by their ids.
      if (modelId !== null && model.trusted) this.#look();
      return Promise.resolve();
    }

    override processMessage(message: { readonly type: string }): void {
      super.processMessage(message);
      if (message.type === "after-attach") this.#look();
    }

    override dispose(): void {
      this.#dropLive();
      super.dispose();
    }

    /** Looks for the notebook's widget manager until the live view is there. */
    #look(waitMs: number = firstLookMs): void {
      clearTimeout(this.#timer);
      if (this.#modelId === null || this.#model?.trusted !== true || this.#isLive()) return;
      this.#tryLive();
      this.#timer = setTimeout(() => {
        this.#look(Math.min(slowestLookMs, waitMs * 1.5));
      }, waitMs);
    }

    /** The manager's renderer holds plain text ("Loading widget...", errors) until it holds a view. */
    #isLive(): boolean {
      return (this.#live?.node.childElementCount ?? 0) > 0;
    }

    #tryLive(): void {
      const factory = this.#renderMime()?.getFactory(widgetViewMimeType);
      // The manager replaces a placeholder factory when it is ready: then we start again with it.
      if (factory === undefined || factory === this.#factory) return;
      this.#live?.dispose();
      this.#factory = factory;
      const live = factory.createRenderer({ ...options, mimeType: widgetViewMimeType });
      this.#live = live;
      live.node.style.display = "none";
      this.#observer.observe(live.node, { childList: true, subtree: true });
      this.#panel.addWidget(live);
      void live.renderModel(this.#model!);
    }

    /** Shows the live view once it has content of its own, and the picture again when it is gone. */
    #swap(): void {
      const isLive = this.#isLive();
      if (this.#live !== undefined) this.#live.node.style.display = isLive ? "" : "none";
      this.#image.style.display = isLive ? "none" : "";
    }

    #dropLive(): void {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#observer.disconnect();
      this.#live?.dispose();
      this.#live = undefined;
      this.#factory = undefined;
      this.#image.style.display = "";
    }

    /** The MIME registry of the notebook that this output is in: each has its own widget manager. */
    #renderMime(): RenderMime | undefined {
      for (let parent = this.parent; parent !== null; parent = parent.parent) {
        if ("rendermime" in parent) return parent.rendermime as RenderMime;
      }
      return undefined;
    }
  }
  return new SnapshotRenderer() as unknown as IRenderMime.IRenderer;
}
