import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { startLabPage, type LabPage } from "../support/lab-page.ts";
import { sampleReport } from "../support/sample-report.ts";

// A search of known numbers: what `optimizeNoise` yields.
const cells = [
  `import { extractFindings, FINDING_NAMES } from "counterlab";
import { NoiseTrajectory, ReportReader } from "counterlab/widgets";
const films = (level: number) => Promise.resolve(new Float32Array(2 * 32 * 32).fill(level));
async function* search(callsPerIteration: number, floor: number) {
  const best = { objective: new Float32Array(2), iteration: new Int32Array(2), noise: new Float32Array(8), latents: new Float32Array(8) };
  for (let iteration = 0; iteration <= 60; iteration++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const objective = Float32Array.of(floor + 1 / (1 + iteration), floor + 2 / (1 + iteration));
    best.objective.set(objective);
    best.iteration.fill(iteration);
    const latents = Float32Array.from({ length: 8 }, (_, at) => Math.sin(at + iteration / 9));
    yield {
      iteration, totalIterations: 60, objective, terms: { classifier: objective }, noiseNorm: Float32Array.of(2, 2),
      noise: latents, latents, best, networkCalls: (iteration + 1) * callsPerIteration, films: () => films(iteration / 60),
    };
  }
}
const watched = new NoiseTrajectory({ search: search(2, 0), control: () => search(1, 1), imageSizePx: 32 });
display(watched);
const { isStopped } = await watched.run();
isStopped`,
  `const text = ${JSON.stringify(sampleReport)};
const reader = new ReportReader({
  text, findings: extractFindings({ report: "1", text }).findings, names: FINDING_NAMES,
  film: { image: new Float32Array(32 * 32).fill(0.4), imageSizePx: 32 },
});
reader`,
  `reader.corrections.map(({ after }) => after.name + " " + after.presence).join()`,
];

describe("noise trajectory and report reader in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(150_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "watch.ipynb": cells }, { width: 1360, height: 1100 });
    ({ page } = tab);
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("noise-and-report-failed");
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

  const cell = (index: number) => page.locator(".jp-Cell").nth(index);
  const runCell = async (index: number): Promise<void> => {
    await cell(index).locator(".cm-content").click();
    // Not awaited: JupyterLab resolves it when the cell is done.
    void tab.command("notebook:run-cell");
  };

  it("draws the search while its cell runs, and stops it from the widget", async () => {
    await tab.open("watch.ipynb");
    await runCell(0);
    const widget = cell(0).locator(".cl-noise");
    await widget.locator(".cl-phase", { hasText: /iteration [1-9]/ }).waitFor({ timeout: 60_000 });
    await page.waitForFunction(
      () => document.querySelectorAll(".cl-chart .main-svg:first-child").length === 3,
    );
    await widget.getByRole("button", { name: "Keep best of sample 1" }).click();
    await widget.getByText(/^Kept: sample 1/).waitFor();
    await widget.getByRole("button", { name: "Stop" }).click();
    await widget.locator(".cl-phase", { hasText: "Stopped" }).waitFor();
    await cell(0).locator(".jp-OutputArea-output", { hasText: "true" }).waitFor();
    await tab.shoot("noise-lab-light");
  });

  it("corrects a report with keys that JupyterLab leaves alone, and the kernel reads it", async () => {
    await runCell(1);
    const widget = cell(1).locator(".cl-report");
    await widget.getByLabel("Presence of Nodule").focus();
    await page.keyboard.press("n");
    await widget.getByText("− negative: Nodule").waitFor();
    await tab.shoot("report-lab-light");
    await runCell(2);
    await cell(2).locator(".jp-OutputArea-output", { hasText: "Nodule negative" }).waitFor();
    assert.equal(await page.locator(".jp-Notebook .jp-Cell").count(), cells.length);
  });

  it("follows the dark theme, comes back after a reload, and leaves pictures below 200 kB", async () => {
    await tab.command("apputils:change-theme", { theme: "JupyterLab Dark" });
    await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
    await tab.command("docmanager:save");
    await tab.open("watch.ipynb");
    await page.locator(".cl-noise .cl-phase", { hasText: "Stopped" }).waitFor({ timeout: 60_000 });
    await page.locator(".cl-report").getByText("− negative: Nodule").waitFor();
    await tab.shoot("noise-and-report-lab-dark");
    const saved = JSON.parse(
      await readFile(path.join(tab.lab.notebookDir, "watch.ipynb"), "utf8"),
    ) as { cells: { outputs: { data: Record<string, unknown> }[] }[] };
    for (const index of [0, 1]) {
      const { data } = saved.cells[index]!.outputs[0]!;
      assert.ok("image/png" in data);
      const sizeBytes = JSON.stringify(data).length;
      assert.ok(sizeBytes < 200_000, `${sizeBytes} bytes`);
    }
  });
});
