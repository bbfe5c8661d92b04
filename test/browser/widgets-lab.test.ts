import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { breakableLine, type BreakableLine } from "../support/breakable-line.ts";
import { startLabPage, type LabPage } from "../support/lab-page.ts";
import {
  answersAfterUse,
  assertSamePicture,
  faultsOf,
  pictureOf,
  useWidgets,
  widgetsShowUse,
} from "../support/use-widgets.ts";
import { widgetCell, widgetNotebook } from "../support/widget-notebook.ts";

const ours = [".cl-lx", ".cl-swap", ".cl-noise", ".cl-training", ".cl-report"] as const;
const titles = [
  ...["Codes of sample films", "Sample swaps", "Sample search", "Sample training"],
  "Sample report",
];
const pictureWords = [
  /^Codes of sample films\. Map of the codes of 600 films.*1 film selected/s,
  /9 of 9 cells rendered\. Selected: Patient 2 with the pathology of Large effusion/,
  /^Sample search/,
  /^Sample training: paused/,
  /Negative: [^.]*Nodule/,
];

interface SavedNotebook {
  readonly cells: readonly { readonly outputs: readonly { data: Record<string, unknown> }[] }[];
  metadata: object;
}

describe("all widgets in JupyterLab, with the Counterlab kernel and no network", function () {
  this.timeout(300_000);
  let tab: LabPage;
  let page: Page;
  let second: Page;
  let line: BreakableLine;

  before(async () => {
    tab = await startLabPage({ "widgets.ipynb": widgetNotebook }, { width: 1360, height: 1400 });
    ({ page } = tab);
    line = await breakableLine(page);
    await tab.open("widgets.ipynb");
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") {
      await tab.shoot("widgets-lab-failed");
      await tab.shoot("widgets-lab-second-failed", second);
    }
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

  const cell = (index: number, of = page): Locator => of.locator(".jp-Cell").nth(index);
  const runCell = async (index: number, of = page): Promise<void> => {
    await cell(index, of).locator(".cm-content").click();
    await of.keyboard.press("Control+Enter");
  };
  const answers = async (text: string, of = page): Promise<void> => {
    await runCell(widgetCell.answers, of);
    await cell(widgetCell.answers, of)
      .locator(".jp-OutputArea-output", { hasText: text })
      .waitFor();
  };
  /** Waits until pictures stand in for all widgets, and say so. */
  const pictures = async (of: Page, count = ours.length): Promise<void> => {
    await of.waitForFunction(
      ([selectors, images]) =>
        document.querySelectorAll(selectors).length === 0 &&
        [...document.querySelectorAll<HTMLImageElement>(".counterlab-snapshot img")].filter(
          (image) => image.checkVisibility() && image.naturalWidth > 300,
        ).length === images,
      [ours.join(), count] as const,
    );
    await of.waitForFunction(
      (notes) =>
        document.querySelectorAll(".counterlab-snapshot-note:not([hidden])").length === notes,
      ours.length + 1,
    );
    const notes = await of.locator(".counterlab-snapshot-note:not([hidden])").allTextContents();
    assert.equal(notes.length, ours.length + 1, notes.join("\n"));
    for (const note of notes.slice(0, count)) {
      assert.equal(note, "This is how it was last shown. Run its cell to work with it.");
    }
  };
  const saved = async (): Promise<SavedNotebook> =>
    JSON.parse(
      await readFile(path.join(tab.lab.notebookDir, "widgets.ipynb"), "utf8"),
    ) as SavedNotebook;

  it("works with mouse, buttons and keys, which stay the widgets' own, and the kernel knows", async () => {
    await tab.command("notebook:run-all-cells");
    await useWidgets(page);
    assert.equal(await page.locator(".jp-Notebook .jp-Cell").count(), widgetNotebook.length);
    await answers(answersAfterUse);
    await tab.shoot("widgets-lab");
  });

  it("comes back after a reload with the same state and the same pixels, and leaves pictures below 200 kB", async () => {
    for (const words of pictureWords) {
      await page.waitForFunction(
        (source) =>
          [...document.querySelectorAll<HTMLImageElement>(".counterlab-snapshot img")].some(
            ({ alt }) => new RegExp(source, "s").test(alt),
          ),
        words.source,
      );
    }
    const canvases = [
      ".cl-lx-film canvas",
      ".cl-swap figure:nth-of-type(2) canvas",
      ".cl-report canvas",
    ];
    const before = await Promise.all(canvases.map((selector) => pictureOf(page, selector)));
    await tab.command("docmanager:save");
    await tab.open("widgets.ipynb");
    await widgetsShowUse(page);
    for (const [at, selector] of canvases.entries()) {
      await assertSamePicture(await pictureOf(page, selector), before[at]!);
    }
    await page.locator(".counterlab-snapshot img").first().waitFor({ state: "hidden" });
    const { cells } = await saved();
    for (const [at, words] of pictureWords.entries()) {
      const { data } = cells[at + widgetCell.explorer]!.outputs[0]!;
      assert.match([data["text/plain"]].flat().join(""), words);
      const sizeBytes = JSON.stringify(data).length;
      assert.ok("image/png" in data && sizeBytes < 200_000, `${sizeBytes} bytes`);
    }
  });

  it("follows light, dark and high-contrast themes, where axe finds no fault in any widget", async () => {
    const axe = await readFile(
      createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
      "utf8",
    );
    for (const theme of ["Light", "Dark", "Dark High Contrast"]) {
      await tab.command("apputils:change-theme", { theme: `JupyterLab ${theme}` });
      await page.waitForFunction(
        (name) => document.body.dataset["jpThemeName"] === name,
        `JupyterLab ${theme}`,
      );
      await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
      for (const widget of ours) assert.deepEqual(await faultsOf(page, axe, widget), [], theme);
    }
    await tab.command("apputils:change-theme", { theme: "JupyterLab Light" });
  });

  it("shows one state in two tabs", async () => {
    second = await page.context().newPage();
    await second.setViewportSize({ width: 1360, height: 1400 });
    await second.goto(tab.lab.urlOf("widgets.ipynb"));
    await widgetsShowUse(second);
    await second.getByRole("gridcell", { name: /^Patient 1 with the pathology of Small/ }).click();
    await page
      .locator(
        "[role=gridcell][aria-selected=true][aria-label^='Patient 1 with the pathology of Small']",
      )
      .waitFor();
    const canvas = ".cl-swap figure:nth-of-type(2) canvas";
    await page.waitForFunction(
      ([selector, other]) =>
        document.querySelector<HTMLCanvasElement>(selector)!.toDataURL() === other,
      [canvas, await pictureOf(second, canvas)] as const,
    );
  });

  it("says that the connection is lost, and is up to date again when it is back", async () => {
    await line.cut();
    const lost = page.locator(".counterlab-snapshot-note", {
      hasText: "The connection to the kernel is lost",
    });
    await lost.nth(ours.length).waitFor();
    // Meanwhile, elsewhere: messages that this tab misses.
    await second.getByRole("gridcell", { name: /^Patient 3 with the pathology of Large/ }).click();
    await second.locator(".cl-training").getByRole("button", { name: "Resume" }).click();
    await second.locator(".cl-training-phase", { hasText: "Running" }).waitFor();
    await second.getByRole("button", { name: "Clear" }).click();
    await second.getByText("1 film selected").waitFor({ state: "hidden" });
    // And here: what reaches the kernel late.
    await page.getByLabel("Presence of Nodule").focus();
    await page.keyboard.press("p");
    await line.mend();
    await page
      .locator(
        "[role=gridcell][aria-selected=true][aria-label^='Patient 3 with the pathology of Large']",
      )
      .waitFor();
    await page.locator(".cl-training-phase", { hasText: "Running" }).waitFor();
    await page.getByText("1 film selected").waitFor({ state: "hidden" });
    for (const of of [page, second]) {
      await of.locator(".cl-report").getByText("+ positive: Nodule").waitFor();
    }
    assert.equal(await page.locator(".counterlab-snapshot-note:not([hidden])").count(), 0);
    await answers("0 2 2 1 running 1 9");
  });

  it("shows pictures, and says so, in both tabs when the kernel is restarted in one", async () => {
    // The pictures follow within a second and a half.
    await page.waitForTimeout(2000);
    await second.evaluate(() => {
      const { jupyterapp } = globalThis as never as {
        jupyterapp: {
          shell: {
            currentWidget: {
              sessionContext: { session: { kernel: { restart(): Promise<void> } } };
            };
          };
        };
      };
      return jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart();
    });
    for (const of of [second, page]) await pictures(of);
  });

  it("shows pictures when the kernel dies, and live widgets when cells run again", async () => {
    await tab.command("notebook:run-all-cells");
    await page.locator(".cl-report mark").first().waitFor();
    await page.locator(".cl-noise .cl-phase", { hasText: /iteration [1-9]/ }).waitFor();
    assert.equal(await page.locator(ours.join()).count(), ours.length);
    await cell(widgetCell.answers).locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText("process.kill(process.ppid, 'SIGKILL')");
    await page.keyboard.press("Control+Enter");
    await pictures(page);
  });

  it("shows pictures and words where there is no kernel, in a notebook that is not trusted", async () => {
    const notebook = await saved();
    notebook.metadata = {};
    await writeFile(path.join(tab.lab.notebookDir, "reader.ipynb"), JSON.stringify(notebook));
    await page.goto(tab.lab.urlOf("reader.ipynb"));
    await page.locator("dialog button", { hasText: "No Kernel" }).click();
    for (const [at, title] of titles.entries()) {
      const picture = cell(at + widgetCell.explorer).locator(".counterlab-snapshot img");
      await picture.scrollIntoViewIfNeeded();
      assert.ok((await picture.getAttribute("alt"))!.startsWith(title));
    }
    assert.match(await cell(widgetCell.controls).innerText(), /Size: 7\s+Scale: 0.5/);
    await pictures(page);
    await tab.shoot("widgets-lab-no-kernel");
  });
});
