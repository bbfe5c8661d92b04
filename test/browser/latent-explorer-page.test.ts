import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { LatentExplorer, type LatentExplorerOptions } from "#widgets/models/index.ts";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { fakeCommHost, type SentMessage } from "../support/fake-comm-host.ts";
import { sampleSpace } from "../support/sample-codes.ts";
import { until } from "../support/until.ts";

const origin = "http://counterlab.test";
const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? join(tmpdir(), "counterlab-screenshots");

describe("latent explorer in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let page: Page;
  let faults: PageFaults;
  let explorer: LatentExplorer;
  let sent: SentMessage[];

  before(async () => {
    const bundle = build({
      entryPoints: ["test/browser/page/widget-page.ts"],
      ...({ bundle: true, format: "iife", write: false, target: "es2022" } as const),
    });
    [browser, script] = await Promise.all([
      launchBrowser(),
      bundle.then(({ outputFiles }) => outputFiles[0]!.text),
    ]);
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => {
    await browser.close();
  });

  async function open(
    options: Partial<LatentExplorerOptions> = {},
    { width = 1320, height = 1000 }: { readonly width?: number; readonly height?: number } = {},
  ): Promise<void> {
    page = await browser.newPage({ viewport: { width, height } });
    faults = await watchPage(page, origin);
    await page.route(`${origin}/`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><html lang="en"><title>Codes</title><main style="padding:8px"><h1 style="font:600 16px system-ui">Sample</h1></main><script>${script}</script></html>`,
      }),
    );
    const host = fakeCommHost();
    sent = host.sent;
    await page.exposeFunction("toKernel", (data: unknown) => {
      host.deliver(explorer.modelId, data);
    });
    await page.goto(`${origin}/`);
    explorer = new LatentExplorer({
      ...{ ...sampleSpace(), title: "Codes of sample films", ...options },
      ...{ commHost: host, displayHost: undefined },
    });
    let queue = Promise.resolve();
    host.onSend = (message: SentMessage) => {
      if (message.commId !== explorer.modelId || message.kind === "close") return;
      const buffers = message.buffers.map((bytes) => Buffer.from(bytes).toString("base64"));
      queue = queue
        .then(() =>
          page.evaluate(
            ([data, encoded]) => {
              const target = globalThis as never as Record<string, (m: unknown) => void>;
              target["method" in data ? "fromKernel" : "mount"]!({ ...data, buffers: encoded });
            },
            [message.data as Record<string, unknown>, buffers] as const,
          ),
        )
        .catch(() => undefined);
    };
    explorer.mimeBundle();
    await page.waitForSelector(".cl-lx-film canvas[data-version]");
  }

  afterEach(async function () {
    const shot = `explorer-${this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test"}.png`;
    await page.screenshot({ path: join(screenshots, shot), fullPage: true });
    await page.close();
    assert.deepEqual(faults, { outsideRequests: [], errors: [] });
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
    const frames = sent.filter(({ data }) => contentType(data) === "frame").length;
    assert.ok(frames >= 2, "frames come before the button is released");
    await page.mouse.up();
    await until(() => Math.abs(explorer.state.position[0] - 0.8) < 0.01);
    assert.ok(Math.abs(explorer.state.position[1] - 0.25) < 0.01);
    assert.notEqual(await decoded(), before);
    assert.notDeepEqual(explorer.code, codes);
  });

  it("says which film is under the pointer, with its picture", async () => {
    await open();
    // Film 30 lies here; others may lie nearer to the point, and then they are named.
    const [x, y] = await page.evaluate(() => [0, 0]);
    assert.deepEqual([x, y], [0, 0]);
    explorer.show(30);
    await until(() => sent.some(({ data }) => contentType(data) === "frame"));
    await page.waitForFunction(
      () => document.querySelector(".cl-lx-facts")?.textContent.includes("P0010 film 1") === true,
    );
    const place = await pointAt(...explorer.state.position);
    await until(() => explorer.state.position[0] !== 0);
    const at = await pointAt(...explorer.state.position);
    assert.ok(Number.isFinite(place.x));
    await page.mouse.move(at.x + 1, at.y);
    await page.locator(".cl-lx-tip strong", { hasText: /^P\d{4} film \d$/ }).waitFor();
    const words = await page.locator(".cl-lx-tip span").innerText();
    assert.match(words, /^finding: .+, severity: .+, patient: P\d{4}, ageYears: /);
    await page.waitForFunction(
      () => document.querySelector<HTMLCanvasElement>(".cl-lx-tip canvas")!.width > 32,
    );
  });
});

function contentType(data: unknown): unknown {
  return (data as { content?: { type?: unknown } }).content?.type;
}
