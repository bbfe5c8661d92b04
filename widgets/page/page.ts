import type { Kernel } from "@jupyterlab/services";
import { CellView, OutputView } from "./cell-view.ts";
import { outputWidgetClasses } from "./output-widget.ts";
import { createRenderers } from "./renderers.ts";
import type { KernelLine } from "../lab/follow-kernel.ts";
import type { CellStatus, RunEvent } from "../models/notebook-run.ts";
import { ownServer, type ServerLink } from "./server-link.ts";
import { followTheme } from "./theme.ts";
import { createToolbar } from "./toolbar.ts";
import { PageWidgetManager } from "./widget-manager.ts";

/** Shows the server's notebook and follows its run. */
async function showNotebook(server: ServerLink, root: HTMLElement): Promise<void> {
  let manager: PageWidgetManager | undefined;
  let kernel: Kernel.IKernelConnection | undefined;
  let kernelId = "";
  const listeners = new Set<(line: KernelLine) => void>();
  const rendermime = createRenderers({
    manager: () => manager,
    urlOf: (path) => server.urlOf(path),
    followKernel(_from, tell) {
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    againWords: '"Run again" starts a new kernel.',
  });
  const notebook = await server.notebook();
  document.title = notebook.title;
  const cells = notebook.cells.map((cell) => new CellView(cell, rendermime));
  const log = new OutputView(rendermime);
  const toolbar = createToolbar({
    title: notebook.title,
    stop: () => void server.order("interrupt"),
    runAgain: () => void server.order("restart"),
    showCode: (isShown) => root.classList.toggle("shows-code", isShown),
  });
  const main = document.createElement("main");
  main.append(...cells.map(({ element }) => element));
  const logBox = document.createElement("details");
  logBox.className = "log";
  logBox.hidden = true;
  logBox.innerHTML = "<summary>Messages of widgets</summary>";
  logBox.append(log.element);
  root.replaceChildren(toolbar.element, main, logBox);
  const statuses: CellStatus[] = [];

  const outputsOf = (cell: number): OutputView | undefined =>
    cell < 0 ? log : cells[cell]?.outputs;
  const tell = (): void => {
    toolbar.tellProgress({
      done: statuses.filter((status) => status === "done" || status === "failed").length,
      of: statuses.length,
      isRunning: statuses.includes("running") || statuses.includes("waiting"),
      hasFailed: statuses.includes("failed"),
    });
  };
  const leave = (): void => {
    manager?.disconnect();
    kernel?.dispose();
    kernel = undefined;
    manager = undefined;
  };
  const meet = (): void => {
    if (kernel !== undefined) return;
    kernel = server.connect(kernelId);
    kernel.connectionStatusChanged.connect((_, line) => {
      for (const listener of listeners) listener(line);
    });
    manager = new PageWidgetManager(kernel, () => outputWidgetClasses(rendermime));
    void manager.restore();
  };
  const setStatus = (cell: number, status: CellStatus): void => {
    statuses[cell] = status;
    cells[cell]?.setStatus(status);
  };

  const take = (event: RunEvent): void => {
    switch (event.type) {
      case "run":
        if (event.kernelId !== kernelId) leave();
        kernelId = event.kernelId;
        for (const [cell, { status, outputs }] of event.cells.entries()) {
          setStatus(cell, status);
          cells[cell]?.outputs?.replace(outputs);
        }
        log.replace(event.log);
        toolbar.tellKernel(event.status);
        if (event.status === "idle" || event.status === "busy") meet();
        break;
      case "cell":
        setStatus(event.cell, event.status);
        break;
      case "kernel":
        toolbar.tellKernel(event.status, event.reason);
        if (event.status === "ended") leave();
        else meet();
        break;
      case "output":
        if (event.kind === "clear") outputsOf(event.cell)?.clear();
        else outputsOf(event.cell)?.set(event.at, event.output);
        break;
    }
    logBox.hidden = log.length === 0;
    tell();
  };
  server.follow(take, () => {
    toolbar.tellLost();
  });
}

followTheme(document.documentElement);
const root = document.querySelector<HTMLElement>("#page")!;
showNotebook(ownServer(), root).catch((error: unknown) => {
  root.textContent = `The notebook cannot be shown: ${String(error)}`;
});
