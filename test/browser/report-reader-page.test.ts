import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { ReportReader } from "#widgets/models/index.ts";
import { launchBrowser } from "../support/browser.ts";
import { sampleFilm } from "../support/sample-films.ts";
import { sampleFindings, sampleReport } from "../support/sample-report.ts";
import { until } from "../support/until.ts";
import {
  openWidgetTab,
  widgetPageScript,
  type Theme,
  type WidgetTab,
} from "../support/widget-tab.ts";

describe("report reader in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let tab: WidgetTab<ReportReader>;

  before(async () => {
    [browser, script] = await Promise.all([launchBrowser(), widgetPageScript()]);
  });
  after(() => browser.close());
  afterEach(async function () {
    const name = this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test";
    await tab.shoot(`report-${name}`);
    await tab[Symbol.asyncDispose]();
    assert.deepEqual(tab.faults, { outsideRequests: [], errors: [] });
  });

  const open = async (
    options: { readonly width?: number; readonly theme?: Theme } = {},
  ): Promise<void> => {
    const film = { image: sampleFilm(64, 1), imageSizePx: 64, caption: "Generated film" };
    tab = await openWidgetTab(
      browser,
      script,
      (hosts) =>
        new ReportReader({
          ...{ ...hosts, text: sampleReport, findings: sampleFindings, film },
          ...{ title: "Report 17", names: ["Mass", "Fibrosis"] },
        }),
      options,
    );
    await tab.page.waitForSelector("mark");
  };

  it("tells a mark's findings on hover and on focus, and lights up their cards and their place", async () => {
    await open();
    const { page } = tab;
    const nodule = page.locator("mark", { hasText: "nodule" });
    const tip = page.getByRole("tooltip");
    await nodule.hover();
    assert.equal(await tip.innerText(), "? uncertain: Nodule, right, upper zone");
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: "hidden" });
    await nodule.focus();
    await tip.waitFor();
    assert.equal(await page.locator(".cl-finding.cl-lit").count(), 1);
    // The patient's right is at image left.
    const zone = page.locator(".cl-zone:not([hidden])");
    const [box, film] = [
      (await zone.boundingBox())!,
      (await page.locator(".cl-well").boundingBox())!,
    ];
    assert.ok(box.x + box.width < film.x + film.width / 2 + 2);
    assert.ok(box.y + box.height < film.y + film.height / 2);
    await nodule.press("Enter");
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Presence of Nodule",
    );
    assert.equal(await page.locator("mark.cl-lit").innerText(), await nodule.innerText());
  });

  it("is corrected by keys alone: presence, evidence, adding, removing, undoing", async () => {
    await open();
    const { page, widget } = tab;
    const presence = page.getByLabel("Presence of Nodule");
    await presence.focus();
    await page.keyboard.press("p");
    await until(() =>
      widget.findings.some(({ name, presence: now }) => name === "Nodule" && now === "positive"),
    );
    await page.getByText("+ positive: Nodule, right, upper zone · corrected").waitFor();
    const evidence = page.getByLabel("Evidence of Nodule");
    await evidence.fill("a spiculated mass");
    await evidence.press("Tab");
    await page.getByRole("alert").filter({ hasText: "does not contain" }).waitFor();
    await page.getByLabel("Finding to add", { exact: true }).selectOption("Mass");
    await page.getByLabel("Evidence of the finding to add").fill("right upper lobe");
    await page.getByRole("button", { name: "Add" }).press("Enter");
    await until(() => widget.findings.length === 5);
    await page.getByRole("button", { name: "Remove Pneumothorax" }).press("Enter");
    await until(() => widget.findings.length === 4);
    await page
      .getByRole("status")
      .filter({ hasText: "4 findings, 2 corrected." })
      .waitFor({ state: "attached" });
    for (let step = 0; step < 3; step++) {
      await page.getByRole("button", { name: "Undo", disabled: false }).press("Enter");
      const left = [5, 4, 4][step]!;
      await until(() => widget.findings.length === left && widget.corrections.length === 2 - step);
    }
    assert.deepEqual(widget.findings, sampleFindings);
  });

  it("takes words selected in the report as evidence, without the signs above them", async () => {
    await open();
    const { page } = tab;
    await page.evaluate(() => {
      const text = document.querySelector(".cl-report-text")!;
      getSelection()!.selectAllChildren(text);
    });
    const field = page.getByLabel("Evidence of the finding to add");
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>(".cl-add input")!.value !== "",
    );
    // A one-line field keeps no line break.
    assert.equal(await field.inputValue(), sampleReport.replace("\n", ""));
  });

  for (const [theme, width] of [
    ["light", 400],
    ["dark", 1280],
    ["high contrast", 2000],
  ] as const) {
    it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
      await open({ theme, width });
      tab.widget.correct(0, { severity: "severe" });
      await tab.page.locator("mark").first().focus();
      assert.deepEqual(await tab.accessibilityFaults(), []);
      const overflow = await tab.overflowPx();
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }
});
