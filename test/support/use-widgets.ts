import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** What the notebook's last cell says when `useWidgets` is done. */
export const answersAfterUse = "1 1 2 1 paused 1 9";

/** How long a kernel that has just been started may take. */
const startMs = 90_000;

/** Works each widget of `widgetNotebook` as a reader would: by mouse, buttons and keys. */
export async function useWidgets(page: Page): Promise<void> {
  // Explorer: a drag decodes; the film nearest to its end is selected by keys, which stay the widget's own.
  const board = page.getByRole("application");
  await page.waitForSelector(".cl-lx-film canvas[data-version]", { timeout: startMs });
  const film = page.locator(".cl-lx-film canvas").first();
  const before = await pictureOf(page, ".cl-lx-film canvas");
  await board.scrollIntoViewIfNeeded();
  const box = (await board.boundingBox())!;
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.6 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.3 * box.height, { steps: 10 });
  await page.mouse.up();
  await page.waitForFunction(([canvas, old]) => (canvas as HTMLCanvasElement).toDataURL() !== old, [
    await film.elementHandle(),
    before,
  ] as const);
  await board.focus();
  for (const key of ["b", "a", "ArrowDown", "Enter", "Space"]) await page.keyboard.press(key);
  await page.getByText("1 film selected").waitFor();

  // Swap: a cell is clicked, and another one reached by keys.
  await page.waitForFunction(
    () => document.querySelectorAll(".cl-swap [role=gridcell][data-status=ready]").length === 9,
    undefined,
    { timeout: startMs },
  );
  await page.getByRole("gridcell", { name: /^Patient 2 with the pathology of Small/ }).click();
  await page.keyboard.press("b");
  await page.keyboard.press("ArrowRight");

  // Search: its best is kept and it is stopped while it runs.
  const noise = page.locator(".cl-noise");
  await noise.locator(".cl-phase", { hasText: /iteration [1-9]/ }).waitFor({ timeout: startMs });
  await page.waitForFunction(
    () => document.querySelectorAll(".cl-chart .main-svg:first-child").length === 3,
  );
  await noise.getByRole("button", { name: "Keep best of sample 1" }).click();
  await noise
    .getByText(/^Kept: sample 1/)
    .first()
    .waitFor();
  await noise.getByRole("button", { name: "Stop" }).click();

  await page.locator(".cl-training").getByRole("button", { name: "Pause" }).click();
  await page.getByLabel("Presence of Nodule").focus();
  await page.keyboard.press("n");
  // By mouse: Notebook 7 takes the arrow keys away from ipywidgets' own sliders.
  const track = page.locator(".widget-slider .noUi-base").first();
  await track.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await track.boundingBox())!;
  await page.mouse.click(x + 0.9 * width, y + height / 2);
  await widgetsShowUse(page);
}

/** Waits until all widgets show what `useWidgets` made of them. */
export async function widgetsShowUse(page: Page): Promise<void> {
  const within = { timeout: startMs };
  await page.waitForSelector(".cl-lx-film canvas[data-version]", within);
  await page.getByText("1 film selected").waitFor(within);
  await page
    .locator(
      "[role=gridcell][aria-selected=true][aria-label^='Patient 2 with the pathology of Large']",
    )
    .waitFor(within);
  await page.locator(".cl-noise .cl-phase", { hasText: "Stopped" }).waitFor(within);
  await page
    .locator(".cl-noise")
    .getByText(/^Kept: sample 1/)
    .first()
    .waitFor(within);
  await page.locator(".cl-training-phase", { hasText: "Paused" }).waitFor(within);
  await page.locator(".cl-report").getByText("− negative: Nodule").waitFor(within);
  await page.locator(".widget-readout", { hasText: /^9$/ }).waitFor(within);
}

/** The pixels of the first canvas that `selector` finds, as a data URL. */
export function pictureOf(page: Page, selector: string): Promise<string> {
  return page
    .locator(selector)
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

/** What axe-core finds fault with inside elements that `selector` finds. */
export async function faultsOf(page: Page, axe: string, selector: string): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async (within) => {
    const { axe: runner } = globalThis as never as {
      axe: {
        run(context: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await runner.run({ include: [[within]] });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
  }, selector);
}

/** Asserts that two pictures of canvases are the same to the eye: a code that comes back may differ in its last bit, and with it a grey by one. */
export async function assertSamePicture(left: string, right: string): Promise<void> {
  const { default: pixelmatch } = await import("pixelmatch");
  const { default: sharp } = await import("sharp");
  const decode = (url: string) =>
    sharp(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
  const [one, other] = await Promise.all([decode(left), decode(right)]);
  const { width, height } = one.info;
  assert.deepEqual([other.info.width, other.info.height], [width, height]);
  assert.equal(pixelmatch(one.data, other.data, undefined, width, height, { threshold: 0.05 }), 0);
}
