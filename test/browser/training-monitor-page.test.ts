import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { TrainingMonitor } from "#widgets/models/index.ts";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { fakeCommHost, type SentMessage } from "../support/fake-comm-host.ts";
import { fakeTraining, type FakeTraining } from "../support/fake-training.ts";
import { until } from "../support/until.ts";

const origin = "http://counterlab.test";
const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? join(tmpdir(), "counterlab-screenshots");

describe("training monitor in a real browser, without Jupyter", function () {
  this.timeout(60_000);
  let browser: Browser;
  let script: string;
  let page: Page;
  let faults: PageFaults;
  let monitor: TrainingMonitor;
  let training: FakeTraining;
  let png: Uint8Array;

  before(async () => {
    const bundle = build({
      entryPoints: ["test/browser/page/widget-page.ts"],
      ...({ bundle: true, format: "iife", write: false, target: "es2022" } as const),
    });
    const grey = { r: 90, g: 90, b: 90 };
    [browser, script, png] = await Promise.all([
      launchBrowser(),
      bundle.then(({ outputFiles }) => outputFiles[0]!.text),
      sharp({ create: { width: 300, height: 120, channels: 3, background: grey } })
        .png()
        .toBuffer(),
    ]);
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => {
    await browser.close();
  });

  async function open(width = 900): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 560 } });
    faults = await watchPage(page, origin);
    await page.route(`${origin}/`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><html lang="en"><title>Training</title><main style="padding:8px"><h1 style="font:600 16px system-ui">Sample</h1></main><script>${script}</script></html>`,
      }),
    );
    const host = fakeCommHost();
    await page.exposeFunction("toKernel", (data: unknown) => {
      host.deliver(monitor.modelId, data);
    });
    await page.goto(`${origin}/`);
    training = fakeTraining(png);
    monitor = new TrainingMonitor(training, { commHost: host, displayHost: undefined });
    let queue = Promise.resolve();
    host.onSend = (message: SentMessage) => {
      if (message.commId !== monitor.modelId || message.kind === "close") return;
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
    monitor.mimeBundle();
    await page.waitForSelector(".cl-training");
  }
  afterEach(async function () {
    const shot = `monitor-${this.currentTest?.title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60) ?? "test"}.png`;
    await page.screenshot({ path: join(screenshots, shot) });
    await page.close();
    assert.deepEqual(faults, { outsideRequests: [], errors: [] });
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

  for (const theme of ["light", "dark"] as const) {
    for (const width of [360, 1200]) {
      it(`has no accessibility fault, ${theme} theme, ${width} px`, async () => {
        await open(width);
        await page.emulateMedia({ colorScheme: theme });
        await page.evaluate((isDark) => {
          document.body.style.cssText = isDark ? "background: #111; color: #eee" : "";
        }, theme === "dark");
        training.advance(600);
        await button("Take a sample").click();
        await page.getByRole("img", { name: /^Validation films/ }).waitFor();
        await page.evaluate(
          readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
        );
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as never as {
            axe: {
              run(node: Node): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
            };
          };
          const { violations: found } = await axe.run(document);
          return found.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
          );
        });
        assert.deepEqual(violations, []);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
      });
    }
  }
});
