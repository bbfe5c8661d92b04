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
  `import { NoiseTrajectory, ReportReader, TrainingMonitor } from "counterlab/widgets";
const film = (shade: number) => Float32Array.from({ length: 64 }, (_, at) => (shade + (at % 8) / 16) / 2);
new PathologySwap({
  title: "Swaps", imageSizePx: 8,
  identities: [0, 1].map((of) => ({ label: "patient " + of, image: film(of / 4) })),
  pathologies: [0, 1, 2].map((of) => ({ label: "pathology " + of })),
  severityRange: [0, 1.5],
  counterfactual: (identity, pathology) => ({ image: film(identity / 4 + pathology / 3), reconstruction: film(identity / 4), exact: film(identity / 4 + 0.1) }),
})`,
  `async function* search() {
  for (let iteration = 0; iteration < 4; iteration++) {
    const objective = Float32Array.of(4 - iteration, 5 - iteration);
    const vectors = Float32Array.of(iteration, 1, 2, iteration * 2);
    yield {
      iteration, totalIterations: 3, objective, terms: { semantic: objective }, noiseNorm: objective,
      noise: vectors, latents: vectors, networkCalls: 10 * (iteration + 1),
      best: { objective, iteration: Int32Array.of(iteration, iteration), noise: vectors, latents: vectors },
      films: async (of: string, count = 2) => Float32Array.from({ length: 64 * count }, (_, at) => (iteration + at / 128) / 4),
    };
  }
}
const searched = new NoiseTrajectory({ title: "Search", search: search(), imageSizePx: 8 });
await searched.run();
searched`,
  `const status = { phase: "finished", step: 3, totalSteps: 3, loss: 0.5, filmsPerSecond: 10, etaSeconds: 0, learningRate: 1e-3, message: "" };
const nothing = async () => undefined;
const training = {
  out: "runs/saved", status, history: [1, 2, 3].map((step) => ({ step, loss: 1 / step, reconstruction: 1 / step, noop: 1 })),
  pause: nothing, resume: nothing, stop: nothing, setLearningRate: nothing, sample: nothing, onChange: () => () => undefined,
};
display(new TrainingMonitor(training as never, { title: "saved" }));
new ReportReader({
  title: "Report", text: "There is a small left effusion. No nodule.", names: ["Effusion", "Nodule"],
  findings: [{ name: "Effusion", presence: "positive", probability: 1, severity: "mild", side: "left", zone: null, evidence: "small left effusion" }],
})`,
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
    assert.match(stderr, /^\[1\/6\] console\.log/);
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
    await page.locator("#cell-cell-1").getByRole("slider").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>("input[type=number]")?.value === "5",
    );
  });

  it("keeps widgets of ours live whose films are in the file: cells are chosen, given and blinked", async () => {
    const swaps = page.getByRole("group", { name: "Swaps" });
    await swaps.waitFor();
    const cells = swaps.getByRole("gridcell");
    await cells.last().click();
    const numbers = swaps.locator(".cl-numbers");
    await numbers.getByText(/mean absolute/i).waitFor();
    const shown = await numbers.textContent();
    await swaps.getByRole("button", { name: "Give patient 1 this pathology" }).click();
    await swaps.getByRole("button", { name: "Undo", exact: true }).click();
    await swaps.getByRole("button", { name: "Give patient 1 this pathology" }).waitFor();
    await cells.first().click();
    await page.waitForFunction(
      (before) => document.querySelector(".cl-numbers")!.textContent !== before,
      shown,
    );
    const blink = swaps.getByRole("button", { name: /blink/i });
    await blink.click();
    assert.equal(await blink.getAttribute("aria-pressed"), "true");
    await blink.click();
    assert.equal(await swaps.getByRole("button", { name: "Export cell" }).count(), 0);
    assert.equal(await swaps.getByRole("slider", { name: /Severity/ }).count(), 0);
  });

  it("plays a search's films and shows its curves", async () => {
    const search = page.getByRole("region", { name: "Search" });
    await search.getByRole("slider", { name: "Iteration shown" }).fill("1");
    await search.getByText("iteration 1 of 3, objective 3.000").waitFor();
    const middle = () =>
      search.locator("canvas").evaluateAll((all) =>
        all.map((node) => {
          const { width, height } = node as HTMLCanvasElement;
          return (
            (node as HTMLCanvasElement)
              .getContext("2d")
              ?.getImageData(width >> 1, height >> 1, 1, 1).data[0] ?? -1
          );
        }),
      );
    const before = await middle();
    assert.ok(before.some((grey) => grey > 0));
    await search.getByRole("slider", { name: "Iteration shown" }).fill("3");
    await page.waitForFunction(() =>
      document.body.textContent.includes("iteration 3 of 3, objective 1.000"),
    );
    assert.notDeepEqual(await middle(), before);
    await search.locator(".js-plotly-plot .scatterlayer .trace").first().waitFor();
    assert.equal(await search.getByRole("button", { name: /Keep|Stop/ }).count(), 0);
  });

  it("shows curves of trainings and marks of reports, without what asks the kernel", async () => {
    const training = page.getByRole("region", { name: "Training saved" });
    await training.getByText("3 of 3", { exact: true }).waitFor();
    assert.equal(await training.getByRole("button").count(), 0);
    const report = page.getByRole("region", { name: "Report" });
    await report.locator("mark").getByText("small left effusion").first().waitFor();
    assert.equal(await report.getByRole("combobox").count(), 0);
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
