import type * as Base from "@jupyter-widgets/base";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { widgetModule } from "../models/widget-module.ts";
import { followLabKernel } from "./follow-kernel.ts";
import { loadShared, type ShareScope } from "./shared-modules.ts";
import { snapshotFactory, type LuminoWidgets } from "./snapshot-renderer.ts";
import { widgetClasses } from "./widget-classes.ts";

/** The part of JupyterLab's plugin interface that we use. */
interface LabPlugin {
  readonly id: string;
  readonly description: string;
  readonly autoStart: true;
  readonly requires: readonly unknown[];
  activate(app: unknown, service: never): void;
}

interface RenderMimeRegistry {
  addFactory(factory: IRenderMime.IRendererFactory, rank: number): void;
}

/** Makes the extension's plugins from the packages that the page shares among extensions. */
export async function labPlugins(scope: ShareScope): Promise<readonly LabPlugin[]> {
  const [base, lumino, rendermime] = (await Promise.all([
    loadShared(scope, "@jupyter-widgets/base"),
    loadShared(scope, "@lumino/widgets"),
    loadShared(scope, "@jupyterlab/rendermime"),
  ])) as [typeof Base | undefined, LuminoWidgets, { IRenderMimeRegistry: unknown }];

  const pictures: LabPlugin = {
    id: `${widgetModule.name}:pictures`,
    description:
      "Shows the picture that a Counterlab widget left behind, until the widget is live.",
    autoStart: true,
    requires: [rendermime.IRenderMimeRegistry],
    activate(_app, registry: RenderMimeRegistry) {
      const againWords = "Run its cell to work with it.";
      registry.addFactory(
        snapshotFactory(lumino, { followKernel: followLabKernel, againWords }),
        -100,
      );
    },
  };
  // Without ipywidgets' own extension there are no live widgets, but pictures still show.
  if (base === undefined) return [pictures];
  const widgets: LabPlugin = {
    id: `${widgetModule.name}:widgets`,
    description: "Live Counterlab widgets.",
    autoStart: true,
    requires: [base.IJupyterWidgetRegistry],
    activate(_app, registry: Base.IJupyterWidgetRegistry) {
      const { name, version } = widgetModule;
      registry.registerWidget({ name, version, exports: () => widgetClasses(base) });
    },
  };
  return [pictures, widgets];
}
