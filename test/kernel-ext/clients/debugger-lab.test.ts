import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage } from "../../support/browser.ts";
import { startJupyterLab, type JupyterLab } from "../../support/jupyter-lab.ts";

const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? path.join(tmpdir(), "counterlab-screenshots");

const cells = [
  `interface Film {
  readonly label: string;
  readonly pixels: Float32Array;
}
function contrast({ label, pixels }: Film, gain: number): string {
  const darkest = Math.min(...pixels);
  const brightest = Math.max(...pixels);
  const range = (brightest - darkest) * gain;
  return \`\${label}: \${range}\`;
}`,
  `const film: Film = { label: "Patient 1", pixels: Float32Array.of(0.25, 0.5, 1) };
const gains = [1, 2];
let report = "";
for (const gain of gains) {
  report += contrast(film, gain) + "\\n";
}
report.trim().split("\\n")`,
];

interface LabWindow {
  readonly jupyterapp: {
    readonly commands: { execute(id: string, options?: object): Promise<unknown> };
  };
}

describe("debugger in JupyterLab", function () {
  this.timeout(120_000);
  let lab: JupyterLab;
  let browser: Browser;
  let page: Page;

  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    [browser, lab] = await Promise.all([launchBrowser(), startJupyterLab()]);
    page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
    await watchPage(page, lab.origin);
    const kernelspec = { name: "counterlab", display_name: "counterlab", language: "typescript" };
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec },
      cells: cells.map((source, index) => ({
        ...{ id: `cell-${index}`, cell_type: "code", source, metadata: {} },
        ...{ execution_count: null, outputs: [] },
      })),
    };
    await writeFile(path.join(lab.notebookDir, "debug.ipynb"), JSON.stringify(notebook));
  });
  after(async () => {
    await browser.close();
    await lab[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await shoot("debugger-failed");
  });

  const shoot = (name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  const command = (id: string): Promise<void> =>
    page.evaluate(async (name) => {
      await (globalThis as never as LabWindow).jupyterapp.commands.execute(name);
    }, id);
  const cell = (index: number): ReturnType<Page["locator"]> => page.locator(".jp-Cell").nth(index);
  /** Text of the line that the debugger marks. */
  const markedLine = (text: string): Promise<void> =>
    page.locator(".jp-DebuggerEditor-highlight", { hasText: text }).first().waitFor();

  it("stops at a breakpoint set in the gutter, shows variables, steps, and goes on", async () => {
    await page.goto(lab.urlOf("debug.ipynb"));
    await page.waitForSelector(".jp-NotebookPanel .jp-Cell");
    await page.waitForFunction(() => "jupyterapp" in globalThis);
    await page.waitForSelector(".jp-Toolbar-kernelName:has-text('Counterlab')");
    await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await cell(0).locator(".cm-content").click();
    await command("notebook:run-cell-and-select-next");
    await page.locator(".jp-DebuggerBugButton").first().click();
    await page.waitForSelector(".jp-NotebookPanel[data-jp-debugger=true]");

    // The seventh line of the first cell, which ran before; the first element of a gutter is a spacer.
    const gutter = cell(0).locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement");
    await gutter.nth(7).click();
    await cell(0).locator(".cm-breakpoint-icon").nth(1).waitFor();
    await cell(1).locator(".cm-content").click();
    void command("notebook:run-cell");
    await markedLine("const brightest");

    const variables = page.locator(".jp-DebuggerVariables");
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "darkest" }).waitFor();
    const shown = await variables.innerText();
    assert.match(shown, /gain\s*1/);
    assert.match(shown, /darkest\s*0\.25/);
    const stack = page.locator(".jp-DebuggerCallstack");
    assert.match(await stack.innerText(), /contrast[\s\S]*Cell \[/);
    await shoot("debugger-stopped");

    await command("debugger:next");
    await markedLine("const range");
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "brightest" }).waitFor();
    await command("debugger:stepOut");
    await markedLine("for (const gain of gains)");
    await command("debugger:continue");
    await markedLine("const brightest");
    await command("debugger:continue");
    await page.locator(".jp-OutputArea-output", { hasText: "Patient 1: 1.5" }).waitFor();
    assert.equal(await page.locator(".jp-DebuggerEditor-highlight").count(), 0);
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "report" }).waitFor();
    await shoot("debugger-done");
    assert.deepEqual(faults, []);
  });
});
