import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { startLabPage, type LabPage } from "../support/lab-page.ts";
import { until } from "../support/until.ts";

// What a reader would write.
const cells = [
  `import { attachTraining, createTrainer, openDataset } from "counterlab";
import { TrainingMonitor } from "counterlab/widgets";
const data = await openDataset("phantom", { imageSizePx: 16 });
const trainer = createTrainer({
  data, out: "run", totalSteps: 4000, groups: 4, device: "cpu", numThreads: 1, niceness: 0,
});
const training = trainer.start();
training`,
  `new TrainingMonitor(training)`,
  `await training.finished`,
  `const again = attachTraining("run");
new TrainingMonitor(again, { title: "Found again" })`,
];

describe("a training in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(180_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "training.ipynb": cells }, { width: 1200, height: 1500 });
    ({ page } = tab);
  });
  after(async () => {
    await endTraining(path.join(tab.lab.notebookDir, "run"));
    await tab[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("training-failed");
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

  const cell = (index: number) => page.locator(".jp-Cell").nth(index);
  const runCell = async (index: number): Promise<void> => {
    await cell(index).locator(".cm-content").click();
    // Not awaited: JupyterLab resolves it when the cell is done.
    void tab.command("notebook:run-cell");
  };
  const stepShown = async (index: number): Promise<number> => {
    const text = await cell(index).locator(".jp-OutputArea").innerText();
    return Number(/step (\d+)\/4000/.exec(text)?.[1] ?? 0);
  };
  const monitorPhase = (index: number, words: string) =>
    cell(index).locator(".cl-training-phase", { hasText: words }).waitFor({ timeout: 60_000 });

  it("shows its progress below the cell that started it, which is done at once", async () => {
    await tab.open("training.ipynb");
    await runCell(0);
    await cell(0).locator(".jp-InputPrompt", { hasText: "[1]" }).waitFor({ timeout: 60_000 });
    await page.waitForFunction(
      () => /step [1-9]\d*\/4000/.test(document.querySelector(".jp-OutputArea")?.textContent ?? ""),
      undefined,
      { timeout: 90_000 },
    );
    const before = await stepShown(0);
    await page.waitForTimeout(2500);
    assert.ok((await stepShown(0)) > before);
  });

  it("pauses, takes a rate and a sample, and goes on from the monitor while a cell waits for its end", async () => {
    await runCell(1);
    await monitorPhase(1, "Running");
    await runCell(2);
    await cell(2).locator(".jp-InputPrompt", { hasText: "[*]" }).waitFor();
    const monitor = cell(1).locator(".cl-training");
    await monitor.getByRole("button", { name: "Pause" }).click();
    await monitorPhase(1, "Paused");
    await monitor.getByLabel("Learning rate").fill("0.001");
    await monitor.getByLabel("Learning rate").press("Enter");
    const rates = path.join(tab.lab.notebookDir, "run/learning-rates.jsonl");
    await until(() => existsSync(rates));
    assert.match(await readFile(rates, "utf8"), /"learningRate":0.001/);
    await monitor.getByRole("button", { name: "Take a sample" }).click();
    await monitor.getByRole("img", { name: /^Validation films/ }).waitFor({ timeout: 60_000 });
    await tab.shoot("training-light");
    await monitor.getByRole("button", { name: "Resume" }).click();
    await monitorPhase(1, "Running");
  });

  it("goes on when the cell that waits for it is interrupted", async () => {
    await tab.command("notebook:interrupt-kernel");
    await cell(2).locator(".jp-OutputArea", { hasText: "Interrupted" }).waitFor();
    const before = await stepShown(0);
    await page.waitForTimeout(2500);
    assert.ok((await stepShown(0)) > before);
    await monitorPhase(1, "Running");
  });

  it("survives the kernel, is found again in another one, and follows the dark theme", async () => {
    await tab.lab.stopKernels();
    const { length } = await readFile(path.join(tab.lab.notebookDir, "run/metrics.jsonl"));
    await tab.command("apputils:change-theme", { theme: "JupyterLab Dark" });
    await tab.open("training.ipynb");
    assert.ok(
      (await readFile(path.join(tab.lab.notebookDir, "run/metrics.jsonl"))).length > length,
    );
    await cell(3).locator(".cm-content").click();
    await cell(3).locator(".cm-content").press("Control+Home");
    await page.keyboard.insertText(
      'import { attachTraining } from "counterlab"; import { TrainingMonitor } from "counterlab/widgets";\n',
    );
    await runCell(3);
    await monitorPhase(3, "Running");
    await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
    await tab.shoot("training-dark");
    await cell(3).getByRole("button", { name: "Stop" }).click();
    await monitorPhase(3, "Stopped");
  });
});

/** A test that failed must not leave a training behind. */
async function endTraining(run: string): Promise<void> {
  const lock = await readFile(path.join(run, "control/lock"), "utf8").catch(() => "");
  const pid = Number(lock.split(" ")[0]);
  if (pid > 0) process.kill(pid, "SIGKILL");
}
