import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { PathologySwap, type PathologySwapOptions } from "#widgets/models/index.ts";
import { launchBrowser } from "../support/browser.ts";
import { sampleFilm, withLesion } from "../support/sample-films.ts";
import { until } from "../support/until.ts";
import {
  openWidgetTab,
  widgetPageScript,
  type Theme,
  type WidgetTab,
} from "../support/widget-tab.ts";

const sizePx = 64;

const findings = [
  "No finding",
  "Effusion, right",
  "Nodule, left",
  "Consolidation, left lower zone",
];
const lesions = [
  { x: 0.5, y: 0.5, radius: 0.1, amount: 0 },
  { x: 0.24, y: 0.75, radius: 0.16, amount: 0.4 },
  { x: 0.75, y: 0.35, radius: 0.07, amount: 0.35 },
  { x: 0.72, y: 0.68, radius: 0.14, amount: 0.3 },
];

function sampleOptions(): PathologySwapOptions {
  const identities = Array.from({ length: 5 }, (_, index) => sampleFilm(sizePx, index));
  return {
    imageSizePx: sizePx,
    title: "Swaps on sample films",
    identities: identities.map((image, index) => ({
      label: `Patient ${index + 1}`,
      detail: index % 2 === 0 ? "female, 61 years" : "male, 47 years",
      image,
    })),
    pathologies: lesions.map((lesion, index) => ({
      label: findings[index]!,
      image: withLesion(identities[(index + 1) % 5]!, sizePx, lesion),
    })),
    counterfactual(identity, pathology) {
      if (identity === 2 && pathology === 3) throw new Error("The decoder gave NaN for this pair.");
      const reconstruction = identities[identity]!.map((value) => value * 0.98 + 0.01);
      return { image: withLesion(reconstruction, sizePx, lesions[pathology]!), reconstruction };
    },
  };
}

describe("pathology swap in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let tab: WidgetTab<PathologySwap>;
  let page: Page;
  let grid: PathologySwap;

  before(async () => {
    [browser, script] = await Promise.all([launchBrowser(), widgetPageScript()]);
  });
  after(() => browser.close());

  async function open(
    options: PathologySwapOptions = sampleOptions(),
    view: { readonly views?: number; readonly width?: number; readonly theme?: Theme } = {},
  ): Promise<void> {
    const make = (hosts: object): PathologySwap => new PathologySwap({ ...options, ...hosts });
    tab = await openWidgetTab(browser, script, make, view);
    ({ page, widget: grid } = tab);
    await page.waitForSelector("[role=gridcell]");
  }

  afterEach(async function () {
    const name = this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 70) ?? "test";
    await tab.shoot(`swap-${name}`);
    await tab[Symbol.asyncDispose]();
    assert.deepEqual(tab.faults, { outsideRequests: [], errors: [] });
  });

  const allRendered = (): Promise<unknown> =>
    page.waitForFunction(() => document.querySelector("[data-status=waiting]") === null);
  const caption = (place: number): Promise<string> =>
    page.locator("figure:not([hidden]) figcaption").nth(place).innerText();

  it("renders the shown cells, and a cell that fails says why while the others live on", async () => {
    await open();
    await allRendered();
    assert.equal(await page.locator("[data-status=ready]").count(), 19);
    const failed = page.locator("[data-status=failed]");
    assert.equal(await failed.getAttribute("title"), "The decoder gave NaN for this pair.");
    await failed.click();
    await page.locator(".cl-failure", { hasText: "The decoder gave NaN" }).waitFor();
    assert.deepEqual(grid.selected, { identity: 2, pathology: 3 });
  });

  it("shows original, counterfactual and difference of the cell that is clicked", async () => {
    await open();
    await allRendered();
    const before = await canvasBytes(page, 1);
    await page.getByRole("gridcell", { name: /^Patient 2 with the pathology of Effusion/ }).click();
    await page
      .locator("[aria-live]", { hasText: "Patient 2 with the pathology of Effusion" })
      .waitFor({ state: "attached" });
    assert.deepEqual(grid.selected, { identity: 1, pathology: 1 });
    assert.notDeepEqual(await canvasBytes(page, 1), before);
    assert.deepEqual(
      [await caption(0), await caption(1), await caption(2)],
      ["Original", "Counterfactual", "Counterfactual − original"],
    );
    const cell = grid.cell(1, 1);
    assert.equal(cell?.status, "ready");
    const shown = await page.locator(".cl-number").first().innerText();
    assert.equal(shown, cell.fromOriginal.meanAbsolute.toFixed(3));
    await page.getByLabel("Compare with").selectOption("reconstruction");
    await page.waitForFunction(
      () => document.querySelector("figcaption")?.textContent === "Reconstruction",
    );
    assert.equal(
      await page.locator(".cl-number").first().innerText(),
      cell.fromReconstruction?.meanAbsolute.toFixed(3),
    );
  });

  it("paints a brighter lesion orange where it is and leaves the rest near black", async () => {
    await open();
    await allRendered();
    await page.getByLabel("Compare with").selectOption("reconstruction");
    await page.getByRole("gridcell", { name: /^Patient 1 with the pathology of Effusion/ }).click();
    await page.locator("[aria-live]", { hasText: "Effusion" }).waitFor({ state: "attached" });
    const colourAt = (u: number, v: number): Promise<number[]> =>
      page.evaluate(
        ([x, y]) => {
          const canvas = document.querySelectorAll<HTMLCanvasElement>(
            "figure:not([hidden]) canvas",
          )[2]!;
          const context = canvas.getContext("2d")!;
          return [...context.getImageData(x! * canvas.width, y! * canvas.height, 1, 1).data];
        },
        [u, v],
      );
    // The lesion of sampleOptions: centre (0.24, 0.75), brighter by up to 0.4.
    const [red = 0, , blue = 0] = await colourAt(0.24, 0.75);
    assert.ok(red > 150 && red - blue > 60, `orange at the lesion, not rgb(${red}, …, ${blue})`);
    assert.deepEqual(await colourAt(0.8, 0.2), [20, 20, 20, 255]);
  });

  it("is worked with the keyboard alone: arrows, Home and End move the selection", async () => {
    await open();
    await allRendered();
    await page.locator("[role=gridcell][tabindex='0']").focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "End"]) {
      await page.keyboard.press(key);
    }
    await page.waitForFunction(
      () => document.activeElement?.getAttribute("aria-selected") === "true",
    );
    await until(() => grid.selected.identity === 1 && grid.selected.pathology === 3);
    await page.keyboard.press("Control+Home");
    await until(() => grid.selected.identity === 0 && grid.selected.pathology === 0);
    assert.equal(await page.locator("[role=gridcell][tabindex='0']").count(), 1);
  });

  it("shows and hides rows and columns, and asks the kernel only for what is new", async () => {
    const rendered: string[] = [];
    const options = sampleOptions();
    const counterfactual: PathologySwapOptions["counterfactual"] = (identity, pathology) => {
      rendered.push(`${identity},${pathology}`);
      return withLesion(sampleFilm(sizePx, identity), sizePx, lesions[pathology]!);
    };
    await open({ ...options, counterfactual, shownRows: [0, 1], shownColumns: [0, 1] });
    await allRendered();
    assert.deepEqual(rendered.toSorted(), ["0,0", "0,1", "1,0", "1,1"]);
    await page.getByRole("checkbox", { name: "Nodule, left" }).check({ force: true });
    await page.getByRole("checkbox", { name: "Patient 1" }).uncheck({ force: true });
    await until(() => grid.state.shownRows.length === 1);
    await allRendered();
    assert.deepEqual(grid.state.shownColumns, [0, 1, 2]);
    assert.deepEqual(grid.selected, { identity: 1, pathology: 0 });
    assert.ok(await page.getByRole("checkbox", { name: "Patient 2" }).isDisabled());
    assert.equal(new Set(rendered).size, rendered.length);
  });

  it("shows new films after a refresh, without losing the old ones meanwhile", async () => {
    let amount = 0;
    const films = sampleOptions().identities.map((_, index) => sampleFilm(sizePx, index));
    await open({
      ...sampleOptions(),
      counterfactual: (identity) => films[identity]!.map((value) => value + amount),
    });
    await allRendered();
    const before = await canvasBytes(page, 1);
    amount = 0.2;
    grid.refresh();
    assert.equal(await page.locator("[data-status=waiting]").count(), 0);
    await page.waitForFunction(
      () => Number(document.querySelector(".cl-number")?.textContent) > 0.1,
    );
    assert.notEqual(await canvasBytes(page, 1), before);
  });

  const head = (role: "rowheader" | "columnheader", name: RegExp) => page.getByRole(role, { name });
  const own = (): PathologySwapOptions => ({
    ...sampleOptions(),
    severityRange: [0, 1.5],
    counterfactual(identity, pathology, _signal, severity) {
      const lesion = lesions[pathology]!;
      const film = sampleFilm(sizePx, identity);
      return {
        image: withLesion(film, sizePx, { ...lesion, amount: lesion.amount * severity * 0.9 }),
        exact: withLesion(film, sizePx, { ...lesion, amount: lesion.amount * severity }),
        ...{ seed: 3, codes: { pathology: [severity] } },
      };
    },
  });

  it("gives a pathology by dragging, by two clicks and by keys, and takes it all back", async () => {
    await open(own());
    await allRendered();
    await head("columnheader", /^Nodule/).dragTo(head("rowheader", /^Patient 2/));
    await until(() => grid.given[1] === 2);
    await head("rowheader", /^Patient 2 with Nodule, left$/).waitFor();
    await head("columnheader", /^Effusion/)
      .locator("span")
      .click();
    await page
      .locator("[aria-live]", { hasText: "Picked up Effusion" })
      .waitFor({ state: "attached" });
    await head("rowheader", /^Patient 1$/).click();
    await until(() => grid.given[0] === 1);
    // By keys: from the selected cell up to the heads, pick up, to a row's head, give.
    await page.getByRole("gridcell", { name: /^Patient 1 with the pathology of Effusion/ }).focus();
    for (const key of ["ArrowUp", "ArrowRight", "ArrowRight", "Enter"]) {
      await page.keyboard.press(key);
    }
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Enter"]) {
      await page.keyboard.press(key);
    }
    await until(() => grid.given[2] === 3);
    await page.keyboard.press("Delete");
    await until(() => grid.given[2] === null);
    for (const expected of [3, null]) {
      await page.keyboard.press("z");
      await until(() => grid.given[2] === expected);
    }
    await page.keyboard.press("Shift+Z");
    await until(() => grid.given[2] === 3);
    await page.getByText(/^Swapped: Patient 1 has Effusion.*Patient 3 has Consolidation/).waitFor();
  });

  it("lets two patients exchange pathologies, and says when one has none to exchange", async () => {
    await open(own());
    await allRendered();
    grid.give(0, 1);
    grid.give(1, 2);
    await head("rowheader", /^Patient 1 with Effusion/).dragTo(head("rowheader", /^Patient 2/));
    await until(() => grid.given[0] === 2 && grid.given[1] === 1);
    await head("rowheader", /^Patient 1/).click();
    await head("rowheader", /^Patient 4/).click();
    await page
      .locator("[aria-live]", { hasText: "Patient 4 has no pathology of a column" })
      .waitFor({ state: "attached" });
    assert.deepEqual(grid.given.slice(0, 4), [2, 1, null, null]);
  });

  it("follows a severity slider, shows the exact counterfactual beside, blinks and exports", async () => {
    await open(own());
    await allRendered();
    await page.getByRole("gridcell", { name: /^Patient 1 with the pathology of Effusion/ }).click();
    const number = (): Promise<number> =>
      page.locator(".cl-number").first().innerText().then(Number);
    await page.waitForFunction(
      () => Number(document.querySelector(".cl-number")?.textContent) > 0.01,
    );
    const before = await number();
    await page.getByLabel("Severity of Effusion, right").focus();
    for (let press = 0; press < 6; press++) await page.keyboard.press("ArrowRight");
    await until(() => grid.state.severities[1]! > 1.4);
    await page.waitForFunction(
      (old) => Number(document.querySelector(".cl-number")?.textContent) > old * 1.2,
      before,
    );
    assert.equal(await caption(2), "Exact counterfactual");
    await page.getByLabel("Compare with").selectOption("exact");
    await page.waitForFunction(
      (old) => Number(document.querySelector(".cl-number")?.textContent) < old,
      before,
    );
    assert.equal(await caption(3), "Counterfactual − exact");
    await page.getByLabel("Window preset").selectOption("lungs");
    await until(() => grid.state.windowCenter === 0.35);
    await page.getByRole("button", { name: "Blink" }).click();
    await page.getByText("Blinking: original").waitFor();
    await page.locator("figcaption", { hasText: /^Counterfactual$/ }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export cell" }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), "patient-1-with-effusion-right.zip");
    // A browser that tests share hands files over this way alone.
    const saved = path.join(await mkdtemp(path.join(tmpdir(), "counterlab-cell-")), "cell.zip");
    await file.saveAs(saved);
    const { "cell.json": cell } = unzipSync(await readFile(saved));
    await rm(path.dirname(saved), { recursive: true });
    assert.match(strFromU8(cell!), /"seed": 3,\s+"codes": \{\s+"pathology": \[\s+1\.45/);
  });

  it("changes films by hand where less motion is asked for", async () => {
    await open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await allRendered();
    await page.getByRole("button", { name: "Blink" }).click();
    await page.getByText("Blinking: original").waitFor();
    await page.waitForTimeout(1500);
    assert.equal(await page.getByText("Blinking: original").count(), 1);
  });

  it("keeps two views of one model in step", async () => {
    await open(sampleOptions(), { views: 2 });
    await allRendered();
    await page.locator("[role=grid]").nth(1).getByRole("gridcell").nth(6).click();
    await page.waitForFunction(
      () =>
        document.querySelectorAll("[role=gridcell][aria-selected=true][aria-label^='Patient 2']")
          .length === 2,
    );
  });

  it("follows window and level from a drag on the film, and resets on double click", async () => {
    await open();
    await allRendered();
    const box = (await page.locator("figure canvas").first().boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 40 - box.width / 2, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await until(() => Math.abs(grid.state.windowWidth - 0.5) < 0.03);
    await page.locator("figure canvas").first().dblclick();
    await until(() => grid.state.windowWidth === 1);
  });

  for (const [theme, width] of [
    ["light", 400],
    ["dark", 1280],
    ["high contrast", 2000],
  ] as const) {
    it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
      await open(theme === "dark" ? sampleOptions() : own(), { theme, width });
      await allRendered();
      await page
        .getByRole("gridcell", { name: /^Patient 3 with the pathology of Consolidation/ })
        .click();
      assert.deepEqual(await tab.accessibilityFaults(), []);
      const overflow = await tab.overflowPx();
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }
});

async function canvasBytes(page: Page, place: number): Promise<string> {
  return page
    .locator("figure canvas")
    .nth(place)
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}
