import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "./browser.ts";
import {
  borrowJupyterLab,
  startJupyterLab,
  type JupyterLab,
  type JupyterLabOptions,
} from "./jupyter-lab.ts";

const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? path.join(tmpdir(), "counterlab-screenshots");

interface LabWindow {
  readonly jupyterapp: {
    readonly commands: { execute(id: string, options?: object): Promise<unknown> };
  };
}

/** A browser's page on a real JupyterLab. */
export interface LabPage extends AsyncDisposable {
  readonly lab: JupyterLab;
  readonly page: Page;
  readonly faults: PageFaults;
  /** Opens a notebook and waits until its kernel is idle; "Counterlab" when the kernel's name is omitted. */
  open(notebook: string, kernelName?: string): Promise<void>;
  /** Runs a command of JupyterLab; resolves when JupyterLab says that it is done. */
  command(id: string, options?: object): Promise<void>;
  /** Keeps a picture of the page: see COUNTERLAB_SCREENSHOTS. */
  shoot(name: string, of?: Page): Promise<unknown>;
}

/** Opens JupyterLab with notebooks of one kernel, by name and cells, in a browser; given options, a server of its own. */
export async function startLabPage(
  notebooks: Readonly<Record<string, readonly string[]>>,
  viewport: { readonly width: number; readonly height: number },
  options?: JupyterLabOptions,
): Promise<LabPage> {
  mkdirSync(screenshots, { recursive: true });
  const [browser, lab] = await Promise.all([
    launchBrowser(),
    options === undefined ? borrowJupyterLab() : startJupyterLab(options),
  ]);
  for (const [name, cells] of Object.entries(notebooks)) {
    await writeFile(path.join(lab.notebookDir, name), notebookOf(cells));
  }
  // A context of its own, in which a test may open further tabs.
  const context = await browser.newContext({ viewport });
  return labPage(browser, lab, await context.newPage());
}

async function labPage(browser: Browser, lab: JupyterLab, page: Page): Promise<LabPage> {
  // JupyterLab, its kernel and the browser start together, on a machine that may have other work.
  page.context().setDefaultTimeout(60_000);
  return {
    ...{ lab, page, faults: await watchPage(page, lab.origin) },
    async open(notebook, kernelName = "Counterlab") {
      await page.goto(lab.urlOf(notebook));
      await page.waitForSelector(".jp-NotebookPanel .jp-Cell");
      await page.waitForFunction(() => "jupyterapp" in globalThis);
      // JupyterLab asks which kernel to take when cells are run before there is one.
      await page.waitForSelector(`.jp-Toolbar-kernelName:has-text('${kernelName}')`);
      await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
    },
    command: (id, options = {}) =>
      page.evaluate(
        async ([name, values]) => {
          await (globalThis as never as LabWindow).jupyterapp.commands.execute(name, values);
        },
        [id, options] as const,
      ),
    shoot: (name, of = page) => of.screenshot({ path: path.join(screenshots, `${name}.png`) }),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await lab[Symbol.asyncDispose]();
    },
  };
}

/** A notebook file with code cells. */
export function notebookOf(sources: readonly string[], kernel = "counterlab"): string {
  const kernelspec = { name: kernel, display_name: kernel, language: "typescript" };
  return JSON.stringify({
    ...{ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec } },
    cells: sources.map((source, index) => ({
      ...{ id: `cell-${index}`, cell_type: "code", source, metadata: {} },
      ...{ execution_count: null, outputs: [] },
    })),
  });
}
