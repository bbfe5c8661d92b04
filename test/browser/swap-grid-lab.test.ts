import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { startJupyterLab, type JupyterLab } from "../support/jupyter-lab.ts";

const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? path.join(tmpdir(), "counterlab-screenshots");

// What a reader would write; the films are drawn by the cell so that the test needs no data.
const cells = [
  `import { SwapGrid } from "counterlab/widgets";

const sizePx = 64;
function film(seed: number, lesion = 0): Float32Array {
  return Float32Array.from({ length: sizePx * sizePx }, (_, index) => {
    const u = (index % sizePx) / sizePx;
    const v = Math.floor(index / sizePx) / sizePx;
    const lung = (x: number) => Math.exp(-(((u - x) / (0.16 + 0.01 * seed)) ** 2) - ((v - 0.45) / 0.32) ** 4);
    const spot = Math.exp(-((Math.hypot(u - 0.3, v - 0.7) / 0.12) ** 4));
    return 0.78 - 0.1 * v - 0.5 * Math.max(lung(0.28), lung(0.72)) + lesion * spot;
  });
}`,
  `const grid = new SwapGrid({
  imageSizePx: sizePx,
  title: "Sample swaps",
  identities: [0, 1, 2].map((seed) => ({ label: \`Patient \${seed + 1}\`, image: film(seed) })),
  pathologies: [0, 0.2, 0.4].map((lesion) => ({
    label: ["No finding", "Small effusion", "Large effusion"][lesion * 5],
    image: film(3, lesion),
  })),
  counterfactual: async (identity, pathology) => film(identity, pathology * 0.2),
});
display(grid);
await grid.settled();`,
  `grid.selected`,
];

function notebookOf(sources: readonly string[], kernel = "counterlab"): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: kernel, display_name: kernel, language: "typescript" } },
    cells: sources.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: "code",
      source,
      metadata: {},
      execution_count: null,
      outputs: [],
    })),
  });
}

interface LabWindow {
  readonly jupyterapp: {
    readonly commands: { execute(id: string, options?: object): Promise<unknown> };
  };
}

describe("swap grid in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(120_000);
  let lab: JupyterLab;
  let browser: Browser;
  let page: Page;
  let faults: PageFaults;

  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    [browser, lab] = await Promise.all([launchBrowser(), startJupyterLab()]);
    page = await browser.newPage({ viewport: { width: 1360, height: 1000 } });
    faults = await watchPage(page, lab.origin);
    await writeFile(path.join(lab.notebookDir, "swap.ipynb"), notebookOf(cells));
  });
  after(async () => {
    await browser.close();
    await lab[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await shoot("lab-failed");
    assert.deepEqual(faults.outsideRequests, []);
  });

  const shoot = (name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  const command = (id: string, options: object = {}): Promise<void> =>
    page.evaluate(
      async ([name, values]) => {
        await (globalThis as never as LabWindow).jupyterapp.commands.execute(name, values);
      },
      [id, options] as const,
    );
  const open = async (notebook: string): Promise<void> => {
    await page.goto(lab.urlOf(notebook));
    await page.waitForSelector(".jp-NotebookPanel .jp-Cell");
    await page.waitForFunction(() => "jupyterapp" in globalThis);
    // JupyterLab asks which kernel to take when cells are run before there is one.
    await page.waitForSelector(".jp-Toolbar-kernelName:has-text('Counterlab')");
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
  };
  const counterfactual = (): Promise<string> =>
    page
      .locator("figure canvas")
      .nth(1)
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const waitForGrid = (): Promise<unknown> =>
    page.waitForFunction(
      () => document.querySelectorAll(".cl-swap [role=gridcell][data-status=ready]").length === 9,
      undefined,
      { timeout: 60_000 },
    );

  it("shows the counterfactual of the cell that is clicked, and the kernel knows which", async () => {
    await open("swap.ipynb");
    await command("notebook:run-all-cells");
    await waitForGrid();
    await page.locator("figure").first().scrollIntoViewIfNeeded();
    const before = await counterfactual();
    await page.getByRole("gridcell", { name: /^Patient 2 with the pathology of Large/ }).click();
    await page.waitForFunction(() =>
      document
        .querySelector(".cl-title")
        ?.textContent?.startsWith("Patient 2 with the pathology of Large"),
    );
    await page.waitForFunction(
      (old) =>
        document.querySelectorAll<HTMLCanvasElement>("figure canvas")[1]!.toDataURL() !== old,
      before,
    );
    await shoot("lab-light");
    await command("notebook:run-all-below");
    await page.locator(".jp-OutputArea-output", { hasText: "identity: 1, pathology: 2" }).waitFor();
  });

  it("follows the dark theme", async () => {
    await command("apputils:change-theme", { theme: "JupyterLab Dark" });
    await page.waitForFunction(() => {
      const chip = document.querySelector(".cl-bar")!;
      const [red = 255] = getComputedStyle(chip.closest(".cl-swap")!)
        .backgroundColor.match(/\\d+/g)!
        .map(Number);
      return red < 60;
    });
    await shoot("lab-dark");
  });
});
