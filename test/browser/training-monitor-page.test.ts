import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { TrainingMonitor } from "#widgets/models/index.ts";
import { launchBrowser } from "../support/browser.ts";
import { fakeTraining, type FakeTraining } from "../support/fake-training.ts";
import { until } from "../support/until.ts";
import {
  openWidgetTab,
  widgetPageScript,
  type Theme,
  type WidgetTab,
} from "../support/widget-tab.ts";

describe("training monitor in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let tab: WidgetTab<TrainingMonitor>;
  let page: Page;
  let training: FakeTraining;
  let png: Uint8Array;

  before(async () => {
    const grey = { r: 90, g: 90, b: 90 };
    [browser, script, png] = await Promise.all([
      launchBrowser(),
      widgetPageScript(),
      sharp({ create: { width: 300, height: 120, channels: 3, background: grey } })
        .png()
        .toBuffer(),
    ]);
  });
  after(() => browser.close());

  async function open(
    options: { readonly width?: number; readonly theme?: Theme } = {},
  ): Promise<void> {
    training = fakeTraining(png);
    tab = await openWidgetTab(
      browser,
      script,
      (hosts) => new TrainingMonitor(training, hosts),
      options,
    );
    ({ page } = tab);
  }
  afterEach(async function () {
    const name = this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test";
    await tab.shoot(`monitor-${name}`);
    await tab[Symbol.asyncDispose]();
    assert.deepEqual(tab.faults, { outsideRequests: [], errors: [] });
  });
  const button = (name: string) => page.getByRole("button", { name });
  const phase = (words: string) => page.locator(".cl-training-phase", { hasText: words }).waitFor();

  it("shows losses, speed and time left, and draws three curves that go on", async () => {
    await open();
    await phase("Starting");
    training.advance(300);
    await phase("Running");
    const readings = await page.locator("dd").allInnerTexts();
    assert.match(readings.join("|"), /^300 of 1000\|0\.\d{4}\|96\|2:55$/);
    const points = (): Promise<number[]> =>
      page
        .locator("polyline")
        .evaluateAll((lines) =>
          lines.map((line) => line.getAttribute("points")!.split(" ").length),
        );
    assert.deepEqual(await points(), [150, 150, 150]);
    assert.equal(await page.locator("progress").getAttribute("value"), "300");
    training.advance(310);
    await page.locator("dd", { hasText: "310 of" }).waitFor();
    assert.match(
      (await page.getByRole("img", { name: /^Losses by step/ }).getAttribute("aria-label"))!,
      /all losses 0\.\d+, reconstruction 0\.\d+, swap 0\.\d+$/,
    );
  });

  it("is steered with the keyboard: pause, learning rate, resume, sample, stop", async () => {
    await open();
    training.advance(100);
    await phase("Running");
    let release: () => void = () => undefined;
    training.onAsk = () => new Promise<void>((resolve) => (release = resolve));
    await button("Pause").focus();
    await page.keyboard.press("Enter");
    // Before the training has done it.
    await phase("Pausing …");
    assert.ok(await button("Stop").isDisabled());
    await until(() => training.asked.length === 1);
    training.onAsk = () => undefined;
    release();
    await phase("Paused");
    assert.equal(await page.getByRole("status").innerText(), "Training Paused");
    const rate = page.getByLabel("Learning rate");
    assert.equal(await rate.inputValue(), "0.002");
    await rate.fill("3e-4");
    await rate.press("Enter");
    await until(() => training.asked.length === 2);
    // Each is off until the kernel has said that the request before it was done, and a key would be lost.
    const press = async (name: string, key: string): Promise<void> => {
      await page.getByRole("button", { name, disabled: false }).waitFor();
      await button(name).press(key);
    };
    await press("Resume", "Space");
    await phase("Running");
    await press("Take a sample", "Enter");
    await page.getByRole("img", { name: /^Validation films .* after step 100$/ }).waitFor();
    await press("Stop", "Enter");
    await phase("Stopped");
    assert.deepEqual(training.asked, ["pause", "rate 0.0003", "resume", "sample", "stop"]);
    assert.ok(await button("Stop").isDisabled());
    await button("Resume").click();
    await phase("Running");
  });

  it("says why a training failed, and why something could not be done", async () => {
    await open();
    training.advance(100);
    training.onAsk = () => Promise.reject(new Error("-1 is no learning rate."));
    await page.getByLabel("Learning rate").fill("-1");
    await button("Set").click();
    await page.getByRole("alert").filter({ hasText: "-1 is no learning rate." }).waitFor();
    training.change({ phase: "failed", message: "Cannot write metrics.jsonl: the disk is full." });
    await phase("Failed");
    await page.getByText("the disk is full").first().waitFor();
  });

  for (const [theme, width] of [
    ["light", 400],
    ["dark", 1280],
    ["high contrast", 2000],
  ] as const) {
    it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
      await open({ theme, width });
      training.advance(600);
      await button("Take a sample").click();
      await page.getByRole("img", { name: /^Validation films/ }).waitFor();
      assert.deepEqual(await tab.accessibilityFaults(), []);
      const overflow = await tab.overflowPx();
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }
});
