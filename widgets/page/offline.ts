import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { SavedAnswersById } from "../models/saved-answers.ts";
import { widgetModule } from "../models/widget-module.ts";
import { CellView } from "./cell-view.ts";
import { outputWidgetClasses } from "./output-widget.ts";
import { createRenderers } from "./renderers.ts";
import type { PageCell, NotebookOutput } from "../models/notebook-run.ts";
import { isLiveOffline, savedKernel } from "./saved-kernel.ts";
import { followTheme } from "./theme.ts";
import { createOfflineToolbar } from "./toolbar.ts";
import { PageWidgetManager } from "./widget-manager.ts";

/** What `kernel-ext/server/offline-page.ts` leaves in the page. */
interface OfflineNotebook {
  readonly title: string;
  readonly cells: readonly (PageCell & { readonly outputs: readonly NotebookOutput[] })[];
  readonly widgetState?: WidgetStates;
  readonly answers?: SavedAnswersById;
  readonly pictures: Readonly<Record<string, string>>;
}

interface SavedModel {
  readonly model_module: string;
  readonly model_name: string;
  readonly state: Readonly<Record<string, unknown>>;
}

interface WidgetStates {
  readonly state: Readonly<Record<string, SavedModel>>;
}

/** Shows a notebook that was saved with its outputs: there is no kernel and no server. */
async function showOffline(notebook: OfflineNotebook, root: HTMLElement): Promise<void> {
  const rendermime: IRenderMimeRegistry = createRenderers({
    manager: () => manager,
    urlOf: (path) => notebook.pictures[path] ?? path,
    // The head of the page says that there is no kernel.
    followKernel: () => () => undefined,
    againWords: "",
  });
  const manager = new PageWidgetManager(
    undefined,
    () => outputWidgetClasses(rendermime),
    savedKernel(notebook.answers ?? {}),
  );
  const cells = notebook.cells.map((cell) => {
    const view = new CellView(cell, rendermime);
    view.outputs?.replace(cell.outputs);
    return view;
  });
  const main = document.createElement("main");
  main.append(...cells.map(({ element }) => element));
  const toolbar = createOfflineToolbar({
    title: notebook.title,
    showCode: (isShown) => root.classList.toggle("shows-code", isShown),
  });
  root.classList.add("offline");
  root.replaceChildren(toolbar, main);
  await manager.set_state(withoutKernel(notebook) as never);
}

/** Of ours, those that show nothing without their kernel stay pictures. */
function withoutKernel({ widgetState, answers = {} }: OfflineNotebook): object {
  const kept = Object.entries(widgetState?.state ?? {}).filter(
    ([id, { model_module: module, model_name: name, state }]) =>
      module !== widgetModule.name || isLiveOffline(name, state, answers[id]),
  );
  return { version_major: 2, version_minor: 0, state: Object.fromEntries(kept) };
}

followTheme(document.documentElement);
const source = document.querySelector("#notebook")!.textContent;
void showOffline(
  JSON.parse(source) as OfflineNotebook,
  document.querySelector<HTMLElement>("#page")!,
);
