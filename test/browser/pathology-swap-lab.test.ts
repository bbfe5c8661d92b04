import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { startLabPage, type LabPage } from "../support/lab-page.ts";

// What a reader would write; the films are drawn by the cell so that the test needs no data.
const cells = [
  `import { PathologySwap } from "counterlab/widgets";

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
  `const grid = new PathologySwap({
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

describe("pathology swap in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(120_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "swap.ipynb": cells }, { width: 1360, height: 1000 });
    ({ page } = tab);
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("lab-failed");
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

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
    await tab.open("swap.ipynb");
    await tab.command("notebook:run-all-cells");
    await waitForGrid();
    await page.locator("figure").first().scrollIntoViewIfNeeded();
    const before = await counterfactual();
    await page.getByRole("gridcell", { name: /^Patient 2 with the pathology of Large/ }).click();
    await page.waitForFunction(() =>
      document
        .querySelector(".cl-title")
        ?.textContent.startsWith("Patient 2 with the pathology of Large"),
    );
    await page.waitForFunction(
      (old) =>
        document.querySelectorAll<HTMLCanvasElement>("figure canvas")[1]!.toDataURL() !== old,
      before,
    );
    await tab.shoot("lab-light");
    await page.locator(".jp-Cell").nth(2).locator(".cm-content").click();
    await tab.command("notebook:run-cell");
    await page.locator(".jp-OutputArea-output", { hasText: "identity: 1, pathology: 2" }).waitFor();
  });

  it("keeps plain keys to itself, and leaves Ctrl+S to JupyterLab", async () => {
    await page.locator("[role=gridcell][aria-selected=true]").click();
    const selected = (words: string): Promise<unknown> =>
      page.waitForSelector(`[role=gridcell][aria-selected=true][aria-label^="${words}"]:focus`);
    await page.keyboard.press("ArrowUp");
    await selected("Patient 1 with the pathology of Large");
    await page.keyboard.press("ArrowDown");
    await selected("Patient 2 with the pathology of Large");
    await page.keyboard.press("b");
    await page.keyboard.press("a");
    await page.keyboard.press("ArrowLeft");
    await selected("Patient 2 with the pathology of Small");
    await page.keyboard.press("ArrowRight");
    await selected("Patient 2 with the pathology of Large");
    assert.equal(await page.locator(".jp-Notebook .jp-Cell").count(), cells.length);
    const saving = page.waitForRequest(
      (request) => request.method() === "PUT" && request.url().includes("/swap.ipynb"),
    );
    await page.keyboard.press("Control+s");
    await saving;
  });

  it("follows the dark theme", async () => {
    await tab.command("apputils:change-theme", { theme: "JupyterLab Dark" });
    await page.waitForFunction(() => {
      const chip = document.querySelector(".cl-bar")!;
      const [red = 255] = getComputedStyle(chip.closest(".cl-swap")!)
        .backgroundColor.match(/\d+/g)!
        .map(Number);
      return red < 60;
    });
    await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
    await tab.shoot("lab-dark");
  });

  it("comes back after a reload of the page, with the kernel's selection", async () => {
    // The picture follows the selection within a second and a half, below the live view.
    await page
      .locator(
        ".counterlab-snapshot img[alt*='Selected: Patient 2 with the pathology of Large effusion']",
      )
      .waitFor({ state: "attached" });
    await tab.command("docmanager:save");
    await tab.open("swap.ipynb");
    await waitForGrid();
    const selected = page.locator("[role=gridcell][aria-selected=true]");
    assert.match(
      (await selected.getAttribute("aria-label"))!,
      /^Patient 2 with the pathology of Large/,
    );
    await page.locator(".counterlab-snapshot img").waitFor({ state: "hidden" });
  });

  it("leaves a picture with words in the notebook, below 200 kB", async () => {
    const saved = await savedOutput(path.join(tab.lab.notebookDir, "swap.ipynb"));
    const png = Buffer.from(saved["image/png"]!, "base64");
    assert.deepEqual([...png.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
    assert.match(
      saved["text/plain"]!,
      /9 of 9 cells rendered\. Selected: Patient 2 .* Large effusion/,
    );
    const sizeBytes = JSON.stringify(saved).length;
    assert.ok(sizeBytes < 200_000, `${sizeBytes} bytes`);
  });

  it("shows the picture where there is no kernel, in a notebook that is not trusted", async () => {
    const notebook = JSON.parse(
      await readFile(path.join(tab.lab.notebookDir, "swap.ipynb"), "utf8"),
    ) as { metadata: Record<string, unknown> };
    notebook.metadata = {};
    await writeFile(path.join(tab.lab.notebookDir, "reader.ipynb"), JSON.stringify(notebook));
    await page.goto(tab.lab.urlOf("reader.ipynb"));
    await page.locator("dialog button", { hasText: "No Kernel" }).click();
    const picture = page.locator(".counterlab-snapshot img");
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLImageElement>(".counterlab-snapshot img")!.naturalWidth > 300,
    );
    assert.match(
      (await picture.getAttribute("alt"))!,
      /Grid of counterfactual films: 3 identities/,
    );
    assert.equal(await page.locator(".cl-swap").count(), 0);
    await tab.shoot("lab-without-kernel");
  });
});

async function savedOutput(file: string): Promise<Record<string, string>> {
  const notebook = JSON.parse(await readFile(file, "utf8")) as {
    cells: { outputs: { data: Record<string, string | string[]> }[] }[];
  };
  const data = notebook.cells[1]!.outputs[0]!.data;
  return Object.fromEntries(
    Object.entries(data).map(([type, text]) => [type, Array.isArray(text) ? text.join("") : text]),
  );
}
