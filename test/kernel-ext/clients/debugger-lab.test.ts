import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startLabPage, type LabPage } from "../../support/lab-page.ts";

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

describe("debugger in JupyterLab", function () {
  this.timeout(120_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "debug.ipynb": cells }, { width: 1500, height: 950 });
    ({ page } = tab);
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("debugger-failed");
  });

  const cell = (index: number): ReturnType<Page["locator"]> => page.locator(".jp-Cell").nth(index);
  /** Text of the line that the debugger marks. */
  const markedLine = (text: string): Promise<void> =>
    page.locator(".jp-DebuggerEditor-highlight", { hasText: text }).first().waitFor();

  it("stops at a breakpoint set in the gutter, shows variables, steps, and goes on", async () => {
    await tab.open("debug.ipynb");
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await cell(0).locator(".cm-content").click();
    await tab.command("notebook:run-cell-and-select-next");
    await page.locator(".jp-DebuggerBugButton").first().click();
    await page.waitForSelector(".jp-NotebookPanel[data-jp-debugger=true]");

    // The seventh line of the first cell, which ran before; the first element of a gutter is a spacer.
    const gutter = cell(0).locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement");
    await gutter.nth(7).click();
    await cell(0).locator(".cm-breakpoint-icon").nth(1).waitFor();
    await cell(1).locator(".cm-content").click();
    void tab.command("notebook:run-cell");
    await markedLine("const brightest");

    const variables = page.locator(".jp-DebuggerVariables");
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "darkest" }).waitFor();
    const shown = await variables.innerText();
    assert.match(shown, /gain\s*1/);
    assert.match(shown, /darkest\s*0\.25/);
    const stack = page.locator(".jp-DebuggerCallstack");
    assert.match(await stack.innerText(), /contrast[\s\S]*Cell \[/);
    await tab.shoot("debugger-stopped");

    await tab.command("debugger:next");
    await markedLine("const range");
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "brightest" }).waitFor();
    await tab.command("debugger:stepOut");
    await markedLine("for (const gain of gains)");
    await tab.command("debugger:continue");
    await markedLine("const brightest");
    await tab.command("debugger:continue");
    await page.locator(".jp-OutputArea-output", { hasText: "Patient 1: 1.5" }).waitFor();
    assert.equal(await page.locator(".jp-DebuggerEditor-highlight").count(), 0);
    await variables.locator(".jp-DebuggerVariables-name", { hasText: "report" }).waitFor();
    await tab.shoot("debugger-done");
    assert.deepEqual(faults, []);
  });
});
