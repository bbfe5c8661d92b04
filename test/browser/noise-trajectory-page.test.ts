import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { NoiseTrajectory } from "#widgets/models/index.ts";
import { launchBrowser } from "../support/browser.ts";
import { fakeControl, fakeSearch, type FakeSearchOptions } from "../support/fake-search.ts";
import { until } from "../support/until.ts";
import {
  openWidgetTab,
  widgetPageScript,
  type Theme,
  type WidgetTab,
} from "../support/widget-tab.ts";

const sizePx = 48;

describe("noise trajectory in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let tab: WidgetTab<NoiseTrajectory>;

  before(async () => {
    [browser, script] = await Promise.all([launchBrowser(), widgetPageScript()]);
  });
  after(() => browser.close());
  afterEach(async function () {
    const name = this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test";
    await tab.shoot(`noise-${name}`);
    await tab[Symbol.asyncDispose]();
    assert.deepEqual(tab.faults, { outsideRequests: [], errors: [] });
  });

  const open = async (
    search: FakeSearchOptions = {},
    options: { readonly width?: number; readonly theme?: Theme } = {},
  ): Promise<void> => {
    tab = await openWidgetTab(
      browser,
      script,
      (hosts) =>
        new NoiseTrajectory({
          ...{ ...hosts, imageSizePx: sizePx, title: "Nodules" },
          search: fakeSearch({ sizePx, ...search }),
          control: () => fakeControl({ sizePx }),
        }),
      options,
    );
  };
  const drawn = (charts: number) =>
    tab.page.waitForFunction(
      (count) => document.querySelectorAll(".cl-chart .main-svg:first-child").length === count,
      charts,
    );
  const phase = (words: string) => tab.page.locator(".cl-phase", { hasText: words }).waitFor();

  it("shows losses, ways and comparison while it runs, and stops when asked", async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await open({ pause: (iteration) => (iteration === 4 ? gate : Promise.resolve()) });
    const running = tab.widget.run();
    await phase("Running, iteration 3 of 12");
    await drawn(3);
    const { page } = tab;
    await page.getByRole("img", { name: /^Losses of sample 1 .* best 0\.57/ }).waitFor();
    assert.equal(await page.locator(".modebar, .plotlyjsicon").count(), 0);
    const stop = page.getByRole("button", { name: "Stop" });
    await stop.press("Enter");
    await phase("Stopping");
    assert.ok(await stop.isDisabled());
    release();
    assert.equal((await running).isStopped, true);
    await phase("Stopped");
  });

  it("scrubs and plays the films, follows the chosen sample and keeps its best by keys alone", async () => {
    await open();
    await tab.widget.run();
    await phase("Finished");
    const { page } = tab;
    const slider = page.getByLabel("Iteration shown");
    await page.locator("figcaption", { hasText: /^Iteration 12$/ }).waitFor();
    const film = (): Promise<string> =>
      page
        .locator("figure canvas")
        .nth(1)
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const last = await film();
    await slider.focus();
    await page.keyboard.press("Home");
    await page.locator("figcaption", { hasText: /^Iteration 0$/ }).waitFor();
    assert.notEqual(await film(), last);
    assert.equal(await slider.getAttribute("aria-valuetext"), "iteration 0 of 12, objective 1.000");
    await page.getByRole("button", { name: "Play" }).press("Enter");
    await page.locator("figcaption", { hasText: /^Iteration [4-9]$/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByRole("radio", { name: "1" }).focus();
    await page.keyboard.press("ArrowRight");
    await until(() => tab.widget.state.selectedSample === 1);
    await page.getByRole("button", { name: "Keep best of sample 2" }).press("Enter");
    await until(() => tab.widget.kept.length === 1);
    await page.getByText("Kept: sample 2 of iteration 12, objective 0.500").first().waitFor();
    await page.getByLabel("What the plane shows").selectOption("noise");
    await page.getByRole("img", { name: /principal components of the initial noise/ }).waitFor();
    await page.locator("figcaption", { hasText: "Best of N" }).waitFor();
    await page
      .getByText(/^After at most 520 network calls .* lower for 4 of 4 samples\.$/)
      .first()
      .waitFor();
  });

  for (const [theme, width] of [
    ["light", 400],
    ["dark", 1280],
    ["high contrast", 2000],
  ] as const) {
    it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
      await open({}, { theme, width });
      await tab.widget.run();
      tab.widget.keep(0);
      await phase("Finished");
      await drawn(3);
      assert.deepEqual(await tab.accessibilityFaults(), []);
      const overflow = await tab.overflowPx();
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }
});
