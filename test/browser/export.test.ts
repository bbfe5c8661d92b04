import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { notebookOf } from "../support/lab-page.ts";
import { buildPagePrograms } from "../support/serve-notebook.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const cells = [
  "console.log('</script><b>one</b>'); 6 * 7",
  `import { IntSlider, IntText, VBox, jslink, PathologySwap } from "counterlab/widgets";
const slider = new IntSlider({ value: 4, description: "side" });
const text = new IntText({ value: 4 });
jslink([slider, "value"], [text, "value"]);
new VBox({ children: [slider, text] })`,
  `display({ "application/vnd.plotly.v1+json": { data: [{ y: [1, 3, 2] }], layout: {} }, "text/plain": "a chart" }, { raw: true }); undefined`,
];

describe("a notebook as one file, without a request to anywhere or an error", function () {
  this.timeout(120_000);
  let dir: string;
  let script: string;
  let browser: Browser;
  let page: Page;
  let faults: PageFaults;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { cwd: dir, encoding: "utf8" });

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "counterlab-export-"));
    script = path.join(await buildPagePrograms(), "export.js");
    await writeFile(path.join(dir, "dot.png"), Buffer.from(png, "base64"));
    const notebook = JSON.parse(notebookOf(cells)) as { cells: object[] };
    const source = "# Sides\n\nwith $x^2$ and ![a dot](dot.png)";
    notebook.cells.unshift({ id: "text", cell_type: "markdown", source, metadata: {} });
    await writeFile(path.join(dir, "sides.ipynb"), JSON.stringify(notebook));
    const { status, stderr, stdout } = run("sides.ipynb", "--execute");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^\[1\/3\] console\.log/);
    assert.match(stdout, /^wrote .*sides\.html \(\d\.\d MB\)\n$/);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    faults = await watchPage(page, pathToFileURL(path.join(dir, "sides.html")).href);
    await page.goto(pathToFileURL(path.join(dir, "sides.html")).href);
  });
  after(async () => {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  });
  afterEach(() => {
    assert.deepEqual(faults, { outsideRequests: [], errors: [] });
  });

  it("shows text, formulas, pictures, outputs and charts, in under 6 MB", async () => {
    await page.getByRole("heading", { name: "Sides" }).waitFor();
    await page.locator(".katex").first().waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("img")].some(({ naturalWidth }) => naturalWidth === 1),
    );
    await page.getByText("</script><b>one</b>", { exact: true }).waitFor();
    await page.getByText("42", { exact: true }).waitFor();
    await page.locator(".js-plotly-plot .scatterlayer .point").first().waitFor();
    assert.equal(await page.getByText("Share chart").count(), 0);
    assert.ok((await stat(path.join(dir, "sides.html"))).size < 6e6);
  });

  it("keeps the controls live that need no kernel", async () => {
    await page.getByRole("slider").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>("input[type=number]")?.value === "5",
    );
  });

  it("writes nothing when a cell fails, unless that is allowed", async () => {
    await writeFile(path.join(dir, "fails.ipynb"), notebookOf(["1", "throw new Error('no')", "2"]));
    const refused = run("fails.ipynb", "--execute");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /code cell 2 failed, so nothing was written/);
    const allowed = run("fails.ipynb", "--execute", "--allow-errors", "--out", "all.html");
    assert.equal(allowed.status, 0, allowed.stderr);
    assert.match(await readFile(path.join(dir, "all.html"), "utf8"), /"evalue":"no"/);
  });

  it("shows what was saved when it is not told to run, and says when that is nothing", () => {
    const { status, stderr } = run("sides.ipynb", "--out", "saved.html");
    assert.equal(status, 0);
    assert.match(stderr, /sides\.ipynb has no saved outputs; --execute runs it first/);
  });
});
