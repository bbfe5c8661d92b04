import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { startLabPage, type LabPage } from "../support/lab-page.ts";

const cells = [
  `import * as w from "counterlab/widgets";

const size = new w.IntSlider({ value: 7, min: 0, max: 10, description: "Size" });
const train = new w.Button({ description: "Train", buttonStyle: "primary", icon: "play" });
const finding = new w.Dropdown({ options: ["Effusion", "Pneumothorax", "Nodule"], description: "Finding" });
const progress = new w.IntProgress({ max: 10, description: "Progress", barStyle: "success" });
let clicks = 0;
train.onClick(() => { clicks += 1; });
w.link([size, "value"], [progress, "value"]);
const same = new w.FloatText({ description: "Same" });
w.jslink([size, "value"], [same, "value"]);
const left = new w.VBox([
  size, train, finding, progress, same,
  new w.FloatSlider({ value: 0.5, max: 1, step: 0.1, description: "Scale" }),
  new w.IntRangeSlider({ description: "Range" }),
  new w.Checkbox({ value: true, description: "Check" }),
  new w.ToggleButton({ value: true, description: "Toggle" }),
  new w.Text({ value: "words", description: "Text" }),
  new w.Textarea({ value: "two\\nlines", description: "Area" }),
]);
const right = new w.VBox([
  new w.RadioButtons({ options: ["PA", "AP"], description: "View" }),
  new w.ToggleButtons({ options: ["Low", "High"], description: "Dose" }),
  new w.Select({ options: { One: 1, Two: 2 }, rows: 2, description: "Select" }),
  new w.SelectMultiple({ options: ["a", "b", "c"], value: ["a", "c"], rows: 3, description: "Many" }),
  new w.SelectionSlider({ options: ["S", "M", "L"], value: "M", description: "Step" }),
  new w.DatePicker({ value: new Date(2024, 0, 31), description: "Day" }),
  new w.TimePicker({ value: new Date(1970, 0, 1, 10, 30), description: "Time" }),
  new w.ColorPicker({ value: "#4682b4", description: "Color" }),
  new w.Valid({ value: true, description: "Valid" }),
  new w.HTML({ value: "<b>Bold</b> words" }),
  new w.Play({ max: 10 }),
  new w.FileUpload(),
  new w.TagsInput({ value: ["tag"] }),
]);
const tab = new w.Tab({ children: [new w.HBox([left, right]), new w.Label({ value: "second" })], titles: ["Controls", "Other"] });
tab`,
  `w.interact(async ({ x, flag, name }) => {
  console.log("called with", x);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("then", flag);
  return \`\${name}: \${x * 2}\`;
}, { x: [0, 10], flag: true, name: ["a", "b"] })`,
  `[size.value, progress.value, clicks, finding.value]`,
];

describe("core controls in JupyterLab, with the Counterlab kernel", function () {
  this.timeout(180_000);
  let tab: LabPage;
  let page: Page;

  before(async () => {
    tab = await startLabPage({ "controls.ipynb": cells }, { width: 1360, height: 1400 });
    ({ page } = tab);
    await tab.open("controls.ipynb");
    await tab.command("notebook:run-all-cells");
    await output(1).locator(".widget-interact").waitFor({ timeout: 60_000 });
  });
  after(() => tab[Symbol.asyncDispose]());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await tab.shoot("controls-failed");
    assert.deepEqual(tab.faults.outsideRequests, []);
  });

  const output = (index: number): Locator =>
    page.locator(".jp-Cell").nth(index).locator(".jp-Cell-outputArea");
  /** Asks the kernel until it has these values: a front end shows a value before the kernel has it. */
  const untilKernelHas = async (values: string): Promise<void> => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      await page.locator(".jp-Cell").nth(2).locator(".cm-content").click();
      await tab.command("notebook:run-cell");
      try {
        await output(2).getByText(values).waitFor({ timeout: 2000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  };

  it("shows more than twenty of them, none broken", async () => {
    await output(0).locator(".widget-tab").first().waitFor();
    const count = await output(0).locator(".jupyter-widgets").count();
    assert.ok(count > 24, `${count} widgets`);
    const text = await output(0).innerText();
    assert.doesNotMatch(text, /Error|not found|Loading/i);
    assert.equal(await output(0).locator("input[type=date]").inputValue(), "2024-01-31");
    assert.match(await output(0).locator("input[type=time]").inputValue(), /^10:30/);
    await tab.shoot("controls-lab");
  });

  it("tells the kernel of a slider moved by keyboard, a click and a choice", async () => {
    const handle = output(0).getByRole("slider").first();
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await output(0).getByRole("button", { name: "Train" }).click();
    await output(0).locator("select").first().selectOption("Nodule");
    // The bar follows the slider through the kernel, the number through the front end.
    await untilKernelHas("[ 9, 9, 1, 'Nodule' ]");
    assert.equal(await output(0).locator("input[type=number]").first().inputValue(), "9");
  });

  it("runs an interactive function again in place, with what it printed after it awaited", async () => {
    const area = output(1).locator(".widget-output");
    await area.getByText("a: 10").waitFor();
    await output(1).getByRole("slider").first().focus();
    await page.keyboard.press("ArrowRight");
    await area.getByText("a: 12").waitFor();
    await output(1).locator("select").selectOption("b");
    await area.getByText("b: 12").waitFor();
    const text = await area.innerText();
    assert.match(text, /called with 6\s+then true\s+'?b: 12'?/);
    assert.doesNotMatch(text, /a: 1/);
    // Nothing of it went to the cell itself.
    assert.doesNotMatch((await output(1).innerText()).replace(text, ""), /called with/);
    await output(1).scrollIntoViewIfNeeded();
    await tab.shoot("controls-interact");
  });

  it("closes the old controls when their cell runs again", async () => {
    await page.locator(".jp-Cell").nth(0).locator(".cm-content").click();
    await tab.command("notebook:run-cell");
    await untilKernelHas("[ 7, 7, 0, 'Effusion' ]");
    assert.equal(await output(0).locator(".widget-tab").count(), 1);
  });
});
