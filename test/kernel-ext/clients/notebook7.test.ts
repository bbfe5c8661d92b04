import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "../../support/browser.ts";
import { notebookOf } from "../../support/lab-page.ts";
import { borrowJupyterLab, type JupyterLab } from "../../support/jupyter-lab.ts";
import { answersAfterUse, useWidgets } from "../../support/use-widgets.ts";
import { widgetNotebook } from "../../support/widget-notebook.ts";

// JupyterLab's server serves Notebook 7 as well, under /notebooks, where it is installed.
const sources = [
  "const seven: number = 7; console.log('printed'); display.html('<b class=own>shown</b>'); seven * 6",
  "while (true) {}",
  "typeof seven",
];

describe("Notebook 7", function () {
  this.timeout(300_000);
  let notebook: JupyterLab;
  let browser: Browser;
  let page: Page;
  let faults: PageFaults;

  before(async () => {
    [browser, notebook] = await Promise.all([launchBrowser(), borrowJupyterLab()]);
    await writeFile(path.join(notebook.notebookDir, "own.ipynb"), notebookOf(sources));
    await writeFile(path.join(notebook.notebookDir, "widgets.ipynb"), notebookOf(widgetNotebook));
    page = await browser.newPage({ viewport: { width: 1200, height: 1200 } });
    page.setDefaultTimeout(90_000);
    faults = await watchPage(page, notebook.origin);
    await open("own.ipynb");
  });
  after(async () => {
    await (browser as Browser | undefined)?.close();
    await (notebook as JupyterLab | undefined)?.[Symbol.asyncDispose]();
  });

  const open = async (name: string): Promise<void> => {
    await page.goto(notebook.urlOf(name).replace("/doc/tree/", "/notebooks/"));
    await page.waitForSelector(".jp-Toolbar-kernelName:has-text('Counterlab')");
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
  };
  const cell = (index: number): Locator => page.locator(".jp-CodeCell").nth(index);
  const run = async (index: number): Promise<void> => {
    await cell(index).locator(".jp-InputArea-editor").click();
    await page.keyboard.press("Control+Enter");
  };
  const press = (command: string): Promise<void> =>
    page.locator(`.jp-Toolbar [data-command="notebook:${command}"]`).click();
  const output = async (index: number, text: string): Promise<void> => {
    await cell(index)
      .locator(`.jp-OutputArea-output:has-text(${JSON.stringify(text)})`)
      .waitFor();
  };

  it("is what the page shows, with our kernel and its language", async () => {
    assert.equal(await page.evaluate(() => document.body.dataset["notebook"]), "notebooks");
    assert.match(await page.locator(".jp-Toolbar-kernelName").innerText(), /Counterlab/);
  });

  it("runs a cell: text, HTML and the result, in colours of TypeScript", async () => {
    await run(0);
    await output(0, "printed");
    await output(0, "42");
    assert.equal(await cell(0).locator("b.own").innerText(), "shown");
    // CodeMirror knows a keyword only where it knows the language.
    assert.ok((await cell(0).locator(".cm-line span").count()) > 3);
  });

  it("interrupts a cell, with its variables kept", async () => {
    await run(1);
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=busy]");
    await press("interrupt-kernel");
    await output(1, "Interrupted");
    await run(2);
    await output(2, "'number'");
  });

  it("completes a name of another cell", async () => {
    await cell(2).locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("seven.toF");
    await page.keyboard.press("Tab");
    await page.locator(".jp-Completer-item:has-text('toFixed')").first().waitFor();
    await page.keyboard.press("Enter");
    await cell(2).locator(".cm-content:has-text('seven.toFixed')").waitFor();
  });

  it("restarts the kernel, whose variables are gone then, and saves what was shown", async () => {
    await cell(2).locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("typeof seven");
    await press("restart-kernel");
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await page.locator(".jp-Dialog").waitFor({ state: "detached" });
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
    await run(2);
    await output(2, "'undefined'");
    const stored = page.waitForResponse(
      (response) =>
        response.request().method() === "PUT" &&
        /\/api\/contents\/.*own\.ipynb/.test(response.url()),
    );
    await page.keyboard.press("Control+s");
    await stored;
    const saved = await readFile(path.join(notebook.notebookDir, "own.ipynb"), "utf8");
    assert.match(saved, /<b class=own>shown<\/b>/);
  });

  it("shows all widgets of ours, which work with mouse, buttons and keys, without a network", async () => {
    await open("widgets.ipynb");
    await cell(0).locator(".jp-InputArea-editor").click();
    let left = widgetNotebook.length;
    while (left-- > 0) await page.keyboard.press("Shift+Enter");
    await useWidgets(page);
    await run(widgetNotebook.length - 1);
    await output(widgetNotebook.length - 1, answersAfterUse);
    // All come from Notebook itself: its settings editor, its debugger for any kernel without one, and at times a command of a file browser
    // that its notebook page has not.
    const own =
      /reading 'schema'|No active debugger session|'filebrowser:open-path' not registered/;
    assert.deepEqual(
      faults.errors.filter((error) => !own.test(error)),
      [],
    );
    assert.deepEqual(faults.outsideRequests, []);
  });
});
