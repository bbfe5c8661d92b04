import {
  RenderMimeRegistry,
  standardRendererFactories,
  type IRenderMime,
  type IRenderMimeRegistry,
} from "@jupyterlab/rendermime";
import * as lumino from "@lumino/widgets";
import { Panel } from "@lumino/widgets";
import { marked } from "marked";
import { snapshotFactory, type SnapshotOptions } from "../lab/snapshot-renderer.ts";
import { widgetViewMimeType } from "../models/dom-widget-mime.ts";
import { Chart, plotlyMimeType } from "./chart.ts";
import type { PageWidgetManager } from "./widget-manager.ts";

/** What marks a formula in Markdown. */
const formulaMarks = [
  { left: "$$", right: "$$", display: true },
  { left: "\\[", right: "\\]", display: true },
  { left: "$", right: "$", display: false },
  { left: "\\(", right: "\\)", display: false },
];
/** A display may arrive before the comm of its widget. */
const modelWaitMs = 30_000;
const lookMs = 50;

export interface RenderersOptions extends SnapshotOptions {
  /** The page's widgets as they are now; another kernel has others. */
  readonly manager: () => PageWidgetManager | undefined;
  /** The address of a file beside the notebook. */
  readonly urlOf: (path: string) => string;
}

/** What shows each MIME type on our page: JupyterLab's renderers, live widgets, charts. */
export function createRenderers({
  manager,
  urlOf,
  ...snapshotOptions
}: RenderersOptions): IRenderMimeRegistry {
  const registry = new RenderMimeRegistry({
    initialFactories: standardRendererFactories,
    markdownParser: { render: (text) => Promise.resolve(marked.parse(text, { async: false })) },
    latexTypesetter: {
      typeset: (node) => {
        // Most pages have no formula.
        if (!/\$|\\[([]|\\begin/.test(node.textContent)) return;
        void import("katex/contrib/auto-render").then(({ default: render }) => {
          render(node, { delimiters: formulaMarks, throwOnError: false });
        });
      },
    },
    resolver: {
      isLocal: (url) => !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url),
      resolveUrl: (url) => Promise.resolve(url),
      getDownloadUrl: (path) => Promise.resolve(urlOf(path)),
    },
  });
  registry.addFactory(snapshotFactory(lumino, snapshotOptions), -100);
  registry.addFactory(
    {
      safe: false,
      mimeTypes: [widgetViewMimeType],
      createRenderer: () => new LiveWidget(manager),
    },
    -10,
  );
  registry.addFactory(
    { safe: true, mimeTypes: [plotlyMimeType], createRenderer: () => new Chart() },
    0,
  );
  return registry;
}

/** A view of a live widget. */
class LiveWidget extends Panel implements IRenderMime.IRenderer {
  readonly #manager: RenderersOptions["manager"];

  constructor(manager: RenderersOptions["manager"]) {
    super();
    this.#manager = manager;
    this.addClass("jupyter-widgets");
  }

  async renderModel({ data }: IRenderMime.IMimeModel): Promise<void> {
    const { model_id: id } = data[widgetViewMimeType] as { readonly model_id?: string };
    const manager = await this.#managerOf(String(id));
    if (manager === undefined || this.isDisposed) return;
    const view = await manager.viewOf(String(id));
    this.addWidget(view.luminoWidget);
    view.once("remove", () => {
      this.dispose();
    });
  }

  async #managerOf(id: string): Promise<PageWidgetManager | undefined> {
    for (let waitedMs = 0; waitedMs < modelWaitMs && !this.isDisposed; waitedMs += lookMs) {
      const manager = this.#manager();
      if (manager?.has_model(id) === true) return manager;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    return undefined;
  }
}
