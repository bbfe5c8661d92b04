import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { LatentExplorer, type LatentExplorerOptions } from "#widgets/models/index.ts";
import { launchBrowser } from "../support/browser.ts";
import { sampleSpace } from "../support/sample-codes.ts";
import { until } from "../support/until.ts";
import {
  openWidgetTab,
  widgetPageScript,
  type Theme,
  type WidgetTab,
} from "../support/widget-tab.ts";

describe("latent explorer in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let tab: WidgetTab<LatentExplorer>;
  let page: Page;
  let explorer: LatentExplorer;

  before(async () => {
    [browser, script] = await Promise.all([launchBrowser(), widgetPageScript()]);
  });
  after(() => browser.close());

  async function open(
    options: Partial<LatentExplorerOptions> = {},
    view: { readonly width?: number; readonly theme?: Theme } = {},
  ): Promise<void> {
    tab = await openWidgetTab(
      browser,
      script,
      (hosts) =>
        new LatentExplorer({
          ...{ ...sampleSpace(), title: "Codes of sample films", ...options, ...hosts },
        }),
      { width: 1320, ...view },
    );
    ({ page, widget: explorer } = tab);
    await page.waitForSelector(".cl-lx-film canvas[data-version]");
  }

  afterEach(async function () {
    const name = this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test";
    await tab.shoot(`explorer-${name}`);
    await tab[Symbol.asyncDispose]();
    assert.deepEqual(tab.faults, { outsideRequests: [], errors: [] });
  });

  const board = () => page.getByRole("application");
  /** The box of the board, and a point of it by shares of its sides. */
  const pointAt = async (x: number, y: number): Promise<{ x: number; y: number }> => {
    const box = (await board().boundingBox())!;
    return { x: box.x + x * box.width, y: box.y + y * box.height };
  };
  const decoded = (): Promise<string> =>
    page
      .locator(".cl-lx-film canvas")
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const points = (): Promise<string> =>
    page.locator(".cl-lx-points").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const allPictures = (): Promise<unknown> =>
    page.waitForFunction(
      () =>
        document.querySelector(".cl-lx-stale") === null &&
        document.querySelectorAll(".cl-lx-strip canvas").length > 0,
    );

  it("decodes what lies under the pointer while it is dragged, and ends where it ends", async () => {
    await open();
    const before = await decoded();
    const codes = explorer.code;
    const [from, to] = [await pointAt(0.2, 0.5), await pointAt(0.8, 0.25)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 12 });
    const frames = tab.sent.filter(({ data }) => contentType(data) === "frame").length;
    assert.ok(frames >= 2, "frames come before the button is released");
    await page.mouse.up();
    await until(() => Math.abs(explorer.state.position[0] - 0.8) < 0.01);
    assert.ok(Math.abs(explorer.state.position[1] - 0.25) < 0.01);
    assert.notEqual(await decoded(), before);
    assert.notDeepEqual(explorer.code, codes);
  });

  it("says which film is under the pointer, with its picture", async () => {
    await open();
    explorer.show(30);
    await explorer.settled();
    const at = await pointAt(...explorer.state.position);
    await page.mouse.move(at.x, at.y);
    await page.locator(".cl-lx-tip strong", { hasText: "P0010 film 1" }).waitFor();
    const words = await page.locator(".cl-lx-tip span").innerText();
    assert.match(words, /^finding: .+, severity: .+, patient: P0010, ageYears: 50$/);
    await page.waitForFunction(
      () => document.querySelector<HTMLCanvasElement>(".cl-lx-tip canvas")!.width > 32,
    );
    await page.mouse.move(at.x, at.y - 1000);
    await page.locator(".cl-lx-tip").waitFor({ state: "hidden" });
  });

  it("takes a lasso's films as the selection, also for the next cell", async () => {
    await open();
    await page.getByLabel("Drag to").selectOption("select");
    const corners = [
      [0.02, 0.1],
      [0.2, 0.1],
      [0.2, 0.8],
      [0.02, 0.8],
    ] as const;
    const [first, ...rest] = await Promise.all(corners.map(([x, y]) => pointAt(x, y)));
    await page.mouse.move(first!.x, first!.y);
    await page.mouse.down();
    for (const { x, y } of rest) await page.mouse.move(x, y, { steps: 5 });
    await page.mouse.up();
    await until(() => explorer.selection.length > 0);
    // The films without a finding are a cluster of their own at the left.
    const finding = sampleSpace().columns!["finding"] as readonly string[];
    const expected = [...finding.keys()].filter((film) => finding[film] === "No finding");
    assert.deepEqual([...explorer.selection], expected);
    await page.getByText(`${expected.length} films selected`, { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Effusion \d+$/ }).click({ modifiers: ["Shift"] });
    const both = [...finding.keys()].filter((film) => /No finding|Effusion/.test(finding[film]!));
    await until(() => explorer.selection.length === both.length);
    await page.getByRole("button", { name: "Clear" }).click();
    await until(() => explorer.selection.length === 0);
    assert.equal(await board().evaluate((node) => node.querySelectorAll("polygon").length), 1);
  });

  it("is worked with the keyboard alone: move, snap, select, set a path and walk along it", async () => {
    await open();
    await board().focus();
    const start = explorer.code;
    for (const key of ["ArrowRight", "Shift+ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
    await until(() => explorer.code.some((value, at) => value !== start[at]));
    await page.keyboard.press("Enter");
    await page
      .locator("[aria-live]", { hasText: "Nearest film: P" })
      .waitFor({ state: "attached" });
    await page.keyboard.press("Space");
    await until(() => explorer.selection.length === 1);
    const [film] = explorer.selection;
    assert.deepEqual([...explorer.code], [...sampleSpace().codes.slice(film! * 8, film! * 8 + 8)]);
    await page.keyboard.press("a");
    await until(() => explorer.state.pathFrom === film);
    explorer.show(12);
    await page.waitForFunction(() =>
      document.querySelector(".cl-lx-facts")?.textContent.includes("P0004 film 1"),
    );
    await page.keyboard.press("b");
    await until(() => explorer.state.pathTo === 12);
    await page.keyboard.press("Shift+Space");
    await until(() => explorer.selection.length > 1);
    await page.keyboard.press("Escape");
    await until(() => explorer.selection.length === 0);
    await page.getByLabel("End of the path").fill("p0006");
    await page.keyboard.press("Enter");
    await until(() => explorer.state.pathTo === 18);
    await page.getByLabel("End of the path").fill("P0004 film 1");
    await page.keyboard.press("Enter");
    await until(() => explorer.state.pathTo === 12);
    const along = page.getByLabel("Along the path");
    await along.focus();
    await page.keyboard.press("End");
    await until(() =>
      explorer.code.every((value, at) => value === sampleSpace().codes[12 * 8 + at]),
    );
    await page.keyboard.press("Home");
    await until(() =>
      explorer.code.every((value, at) => value === sampleSpace().codes[film! * 8 + at]),
    );
  });

  it("moves one group of the codes by its sliders, over a strip of what they would show", async () => {
    await open();
    await allPictures();
    const before = explorer.code;
    const slider = page.getByLabel("pathology 1", { exact: false }).first();
    await slider.focus();
    await page.keyboard.press("End");
    await until(() => explorer.code[7] !== before[7] || explorer.code[5] !== before[5]);
    assert.deepEqual([...explorer.code.slice(0, 5)], [...before.slice(0, 5)]);
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLInputElement>("input[type=range]")].some(
        (input) => input.getAttribute("aria-valuetext") === "3.0 standard deviations",
      ),
    );
    await page.getByLabel("Sliders along").selectOption("codes");
    await page.getByLabel("pathology code 3").waitFor();
    await page.getByLabel("pathology code 3").fill("0");
    // A slider stands on whole steps from its low end.
    await until(() => Math.abs(explorer.code[7]!) < 0.1);
  });

  it("walks through the neighbourhood as a grid, one cell at a time", async () => {
    await open();
    await allPictures();
    const before = explorer.code;
    const here = page.getByRole("gridcell", { name: "here" });
    await here.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "1 up, 1 right",
    );
    await page.keyboard.press("Enter");
    await until(() => explorer.code.some((value, at) => value !== before[at]));
    // The page hears of it a moment later.
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "here");
    assert.equal(await page.locator("[role=gridcell][tabindex='0']").count(), 1);
  });

  it("gives the code as TypeScript that makes it again", async () => {
    await open();
    await page.getByRole("button", { name: "Copy as code" }).click();
    // A page without https may not write the clipboard: the text is shown, and selected.
    const text = page.getByLabel("Code at the cursor as TypeScript");
    await text.waitFor();
    const line = /const code = (.+);/.exec(await text.inputValue())![1]!;
    const values = /^Float32Array\.of\((.+)\)$/.exec(line)![1]!.split(", ").map(Number);
    assert.deepEqual(Float32Array.from(values), explorer.code);
  });

  it("changes map and colours, and says that it is fitting UMAP", async () => {
    await open();
    const before = await points();
    await page.getByLabel("Coloured by").selectOption("severity");
    await page.getByRole("button", { name: /^severe \d+$/ }).waitFor();
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>(".cl-lx-points")!.toDataURL() !== old,
      before,
    );
    await page.getByLabel("Coloured by").selectOption("patient");
    await page.getByText(/^Yellow: the same patient as P\d{4} film \d, the film nearest/).waitFor();
    await page.getByLabel("Map by").selectOption("umap");
    await page
      .getByRole("status")
      .filter({ hasText: /Fitting UMAP: \d+ %/ })
      .waitFor();
    await page.getByText("→ UMAP 1").waitFor({ timeout: 50_000 });
    await page.getByLabel("Map by").selectOption("axes");
    await page.getByText("→ identity code 1").waitFor();
    await page.getByLabel("Vertical group").selectOption("pathology");
    await page.getByText("↑ pathology code 1").waitFor();
    assert.deepEqual(explorer.state.axes, [0, 5]);
  });

  it("says why a code cannot be decoded, and goes on with the next", async () => {
    let isBroken = true;
    const space = sampleSpace();
    await open({
      decode: (codes, options) => {
        if (isBroken && codes[0]! > 0.9) throw new Error("The decoder gave NaN.");
        return space.decode(codes, options);
      },
    });
    explorer.code = Float32Array.from({ length: 8 }, () => 1);
    await page.getByRole("alert").filter({ hasText: "The decoder gave NaN." }).waitFor();
    isBroken = false;
    explorer.show(1);
    await page.getByRole("alert").waitFor({ state: "hidden" });
  });

  it("shows a million films as a map of their density, and finds one of them", async () => {
    const count = 1_000_000;
    let seed = 1;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const codes = Float32Array.from({ length: count * 2 }, () => random() + random() + random());
    const { imageSizePx } = sampleSpace();
    await open({
      ...{ codes, groups: [{ name: "code", width: 2 }], columns: {}, labels: [], map: "axes" },
      imageSizePx,
      decode: () => new Float32Array(imageSizePx ** 2).fill(0.5),
    });
    await page.waitForFunction(() => document.querySelector("[aria-busy]") === null, undefined, {
      timeout: 40_000,
    });
    await page.waitForFunction(
      () => document.querySelector<HTMLCanvasElement>(".cl-lx-points")!.width > 300,
    );
    const centre = await pointAt(0.5, 0.5);
    await page.mouse.move(centre.x, centre.y);
    await page
      .locator(".cl-lx-tip strong", { hasText: /^film [\d]+$/ })
      .waitFor({ timeout: 20_000 });
    const opacities = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".cl-lx-points")!;
      const context = canvas.getContext("2d")!;
      return [0.5, 0.25, 0.01].map((share) => {
        const [x, y] = [Math.round(share * canvas.width), Math.round(share * canvas.height)];
        // The mean over a few pixels: single ones may be empty.
        const { data } = context.getImageData(x, y, 9, 9);
        return data.reduce((sum, value, at) => (at % 4 === 3 ? sum + value / 81 : sum), 0);
      });
    });
    assert.ok(opacities[0]! > opacities[1]! && opacities[1]! > opacities[2]!, opacities.join(" "));
  });

  for (const [theme, width] of [
    ["light", 400],
    ["dark", 800],
    ["high contrast", 2000],
  ] as const) {
    it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
      await open({}, { theme, width });
      explorer.set({ pathFrom: 3, pathTo: 40 });
      explorer.selection = [1, 2, 3];
      await allPictures();
      assert.deepEqual(await tab.accessibilityFaults(), []);
      const overflow = await tab.overflowPx();
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }
});

function contentType(data: unknown): unknown {
  return (data as { content?: { type?: unknown } }).content?.type;
}
