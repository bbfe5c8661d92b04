import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { startLabPage, type LabPage } from "../support/lab-page.ts";

// What a reader would write; codes and decoder are made up by the cell so that the test needs no data.
const cells = [
  `import { LatentExplorer } from "counterlab/widgets";

const sizePx = 64;
const decode = (code: Float32Array): Float32Array =>
  Float32Array.from({ length: sizePx * sizePx }, (_, index) => {
    const u = (index % sizePx) / sizePx;
    const v = Math.floor(index / sizePx) / sizePx;
    const lung = (x: number) => Math.exp(-(((u - x) / (0.17 + 0.02 * code[0]!)) ** 2) - ((v - 0.45) / 0.32) ** 4);
    const spot = Math.exp(-((Math.hypot(u - 0.3, v - 0.6 - 0.05 * code[2]!) / 0.12) ** 4));
    return 0.78 - 0.1 * v - 0.5 * Math.max(lung(0.28), lung(0.72)) + 0.3 * Math.max(0, code[1]!) * spot;
  });
const films = 600;
const codes = Float32Array.from({ length: films * 3 }, (_, at) => {
  const film = Math.floor(at / 3);
  return Math.sin(film * [12.9, 78.2, 37.7][at % 3]! + at) + (at % 3 === 1 ? (film % 3) - 1 : 0);
});`,
  `const explorer = new LatentExplorer({
  codes, decode, imageSizePx: sizePx,
  title: "Codes in JupyterLab",
  groups: [{ name: "identity", width: 1 }, { name: "pathology", width: 2 }],
  columns: { severity: Array.from({ length: films }, (_, film) => ["none", "mild", "severe"][film % 3]!) },
});
explorer`,
  `[explorer.selection.length, explorer.state.position, explorer.code.length]`,
];

describe("latent explorer in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(180_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "codes.ipynb": cells }, { width: 1500, height: 1200 });
    ({ page } = tab);
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("explorer-lab-failed");
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

  const decoded = (): Promise<string> =>
    page
      .locator(".cl-lx-film canvas")
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  it("decodes while the pointer is dragged over the map, and fills the strips when it rests", async () => {
    await tab.open("codes.ipynb");
    await tab.command("notebook:run-all-cells");
    await page.waitForSelector(".cl-lx-film canvas[data-version]", { timeout: 60_000 });
    const before = await decoded();
    const box = (await page.getByRole("application").boundingBox())!;
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.6 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.3 * box.height, { steps: 20 });
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>(".cl-lx-film canvas")!.toDataURL() !== old,
      before,
    );
    await page.mouse.up();
    await page.waitForFunction(
      () =>
        document.querySelector(".cl-lx-stale") === null &&
        document.querySelectorAll(".cl-lx-strip canvas").length >= 21,
      undefined,
      { timeout: 60_000 },
    );
    await tab.shoot("explorer-lab-light");
  });

  it("keeps plain keys on the map to itself", async () => {
    await page.getByRole("application").focus();
    for (const key of ["b", "a", "ArrowDown", "Enter", "Space"]) await page.keyboard.press(key);
    await page.getByText("1 film selected").waitFor();
    assert.equal(await page.locator(".jp-Notebook .jp-Cell").count(), cells.length);
  });

  it("is read by the next cell, and follows the dark theme", async () => {
    await page.locator(".jp-Cell").nth(2).locator(".cm-content").click();
    await tab.command("notebook:run-cell");
    await page.locator(".jp-OutputArea-output", { hasText: /^\s*\[\s*1,/ }).waitFor();
    await tab.command("apputils:change-theme", { theme: "JupyterLab Dark" });
    await page.waitForFunction(() => {
      const surface = getComputedStyle(document.querySelector(".cl-lx")!).backgroundColor;
      return Number(surface.match(/\d+/g)![0]) < 60;
    });
    await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
    await page.locator(".cl-lx").scrollIntoViewIfNeeded();
    await tab.shoot("explorer-lab-dark");
  });

  it("comes back after a reload of the page with code and selection, and leaves a picture with words", async () => {
    await page
      .locator(".counterlab-snapshot img[alt*='1 film selected']")
      .waitFor({ state: "attached" });
    await tab.command("docmanager:save");
    const text = await readFile(path.join(tab.lab.notebookDir, "codes.ipynb"), "utf8");
    const notebook = JSON.parse(text) as {
      cells: { outputs: { data: Record<string, unknown> }[] }[];
    };
    const { data } = notebook.cells[1]!.outputs[0]!;
    assert.match(
      String(data["text/plain"]),
      /^Codes in JupyterLab\. Map of the codes of 600 films/,
    );
    assert.ok(JSON.stringify(data).length < 200_000);
    await tab.open("codes.ipynb");
    await page.waitForSelector(".cl-lx-film canvas[data-version]", { timeout: 60_000 });
    await page.getByText("1 film selected").waitFor();
    await page.locator(".counterlab-snapshot img").waitFor({ state: "hidden" });
  });

  it("shows the picture where there is no kernel, in a notebook that is not trusted", async () => {
    const file = path.join(tab.lab.notebookDir, "codes.ipynb");
    const notebook = JSON.parse(await readFile(file, "utf8")) as { metadata: object };
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
    assert.match((await picture.getAttribute("alt"))!, /^Codes in JupyterLab\. Map of the codes/);
    assert.equal(await page.locator(".cl-lx").count(), 0);
    await tab.shoot("explorer-lab-no-kernel");
  });
});
