import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { borrowJupyterLab, type JupyterLab } from "../support/jupyter-lab.ts";

const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? path.join(tmpdir(), "counterlab-screenshots");
const tutorial = path.resolve(import.meta.dirname, "../../notebooks/01-swap-a-pathology.ipynb");

interface LabWindow {
  readonly jupyterapp: { readonly commands: { execute(id: string): Promise<unknown> } };
}

describe("the first tutorial in JupyterLab", function () {
  this.timeout(240_000);
  let lab: JupyterLab;
  let browser: Browser;
  let page: Page;
  let faults: PageFaults;

  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    [browser, lab] = await Promise.all([launchBrowser(), borrowJupyterLab()]);
    const notebook = JSON.parse(readFileSync(tutorial, "utf8")) as { cells: object[] };
    // The tutorial then trains a few steps only.
    const source = 'process.env.QUICK = "1";';
    notebook.cells.unshift({
      ...{ id: "quick", cell_type: "code", source, metadata: {} },
      ...{ execution_count: null, outputs: [] },
    });
    writeFileSync(path.join(lab.notebookDir, "tutorial.ipynb"), JSON.stringify(notebook));
    page = await browser.newPage({ viewport: { width: 1360, height: 1000 } });
    faults = await watchPage(page, lab.origin);
  });

  after(async () => {
    await browser.close();
    await lab[Symbol.asyncDispose]();
  });

  it("trains, swaps, and shows the counterfactual of the cell that is clicked", async () => {
    await page.goto(lab.urlOf("tutorial.ipynb"));
    await page.waitForSelector(".jp-Toolbar-kernelName:has-text('Counterlab')");
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
    await page.waitForFunction(() => "jupyterapp" in globalThis);
    await page.evaluate(() =>
      (globalThis as never as LabWindow).jupyterapp.commands.execute("notebook:run-all-cells"),
    );
    await page.waitForFunction(
      () => {
        const cells = document.querySelectorAll(".cl-swap [role=gridcell]");
        return (
          cells.length === 40 && [...cells].every((c) => c.getAttribute("data-status") === "ready")
        );
      },
      undefined,
      { timeout: 180_000 },
    );
    assert.equal(await page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count(), 0);

    const counterfactual = () =>
      page
        .locator("figure canvas")
        .nth(1)
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await page.locator("figure").first().scrollIntoViewIfNeeded();
    const before = await counterfactual();
    await page
      .locator(".cl-swap [role=gridcell]")
      .nth(3 * 8 + 2)
      .click();
    await page.waitForFunction(
      (old) =>
        document.querySelectorAll<HTMLCanvasElement>("figure canvas")[1]!.toDataURL() !== old,
      before,
    );
    assert.match(
      await page.locator(".cl-title").innerText(),
      /with the pathology of Consolidation/,
    );
    await page.screenshot({ path: path.join(screenshots, "first-tutorial.png") });
    assert.deepEqual(faults.outsideRequests, []);
  });
});
