import { MimeModel, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { OutputAreaModel } from "@jupyterlab/outputarea";
import { Widget } from "@lumino/widgets";
import { outputArea } from "./output-widget.ts";
import type { CellStatus, PageCell, NotebookOutput } from "../models/notebook-run.ts";

const statusTexts: Readonly<Record<CellStatus, string>> = {
  waiting: "",
  running: "running …",
  done: "",
  failed: "This cell failed. Those below it were not run.",
  skipped: "Not run, because a cell above failed.",
};

/** Where the outputs of one cell show. */
export class OutputView {
  readonly element: HTMLElement = document.createElement("div");
  readonly #model: OutputAreaModel;

  constructor(rendermime: IRenderMimeRegistry) {
    const { area, model } = outputArea(rendermime);
    this.#model = model;
    this.element.className = "outputs";
    attach(area, this.element);
  }

  get length(): number {
    return this.#model.length;
  }

  set(at: number, output: NotebookOutput): void {
    if (at < this.#model.length) this.#model.set(at, output as never);
    else this.#model.add(output as never);
  }

  clear(): void {
    this.#model.clear();
  }

  /** Shows these and no others; what shows them already is left alone. */
  replace(outputs: readonly NotebookOutput[]): void {
    const shown = this.#model.toJSON();
    if (JSON.stringify(shown) === JSON.stringify(outputs)) return;
    this.#model.fromJSON(outputs as never);
  }
}

/** One cell of the notebook: its text, or its code and what that shows. */
export class CellView {
  readonly element: HTMLElement = document.createElement("section");
  readonly outputs: OutputView | undefined;
  readonly #status: HTMLElement = document.createElement("p");

  constructor(cell: PageCell, rendermime: IRenderMimeRegistry) {
    this.element.className = `cell ${cell.type}`;
    this.element.id = `cell-${cell.id}`;
    if (cell.type === "markdown") void this.#renderMarkdown(cell, rendermime);
    if (cell.type !== "code") return;
    const code = document.createElement("pre");
    code.className = "code";
    code.tabIndex = 0;
    code.textContent = cell.source;
    this.#status.className = "status";
    this.outputs = new OutputView(rendermime);
    this.element.append(code, this.outputs.element, this.#status);
  }

  setStatus(status: CellStatus): void {
    this.element.dataset["status"] = status;
    this.#status.textContent = statusTexts[status];
  }

  async #renderMarkdown(
    { source, attachments }: PageCell,
    rendermime: IRenderMimeRegistry,
  ): Promise<void> {
    const text = source.replace(/attachment:([^)\s"']+)/g, (whole, name: string) => {
      const [picture] = Object.entries(attachments[decodeURIComponent(name)] ?? {});
      return picture === undefined ? whole : `data:${picture[0]};base64,${picture[1]}`;
    });
    const renderer = rendermime.createRenderer("text/markdown");
    await renderer.renderModel(new MimeModel({ data: { "text/markdown": text }, trusted: true }));
    attach(renderer, this.element);
  }
}

/** Puts a Lumino widget into an element of the page, once that is in the page itself. */
function attach(widget: Widget, element: HTMLElement): void {
  if (element.isConnected) Widget.attach(widget, element);
  else {
    requestAnimationFrame(() => {
      attach(widget, element);
    });
  }
}
