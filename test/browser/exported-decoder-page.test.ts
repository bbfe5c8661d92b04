import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { createRuntime } from "#src/engine/index.ts";
import { launchBrowser, watchPage } from "../support/browser.ts";
import { smallDecoder } from "../support/small-decoder.ts";

const origin = "http://counterlab.test";
const ortFolder = path.resolve("node_modules/onnxruntime-web/dist");

/** What the page does with the model: this text runs in the browser. */
const script = `
  import * as ort from "/ort/ort.wasm.min.mjs";
  ort.env.wasm.wasmPaths = "/ort/";
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create("/decoder.onnx", { executionProviders: ["wasm"] });
  window.decode = async (codes) => {
    const feeds = {};
    for (const { name, shape, values } of codes) {
      feeds[name] = new ort.Tensor("float32", Float32Array.from(values), shape);
    }
    const { image } = await session.run(feeds);
    return { shape: image.dims, values: Array.from(image.data) };
  };
  document.title = "ready";`;

describe("the exported decoder in a browser page", function () {
  this.timeout(120_000);
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it("decodes as the runtime does, to 1e-5, with nothing from outside the page's own server", async () => {
    const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const { fn, inputs, codes } = smallDecoder();
    const model = await runtime.exportOnnx(fn, { inputs });
    const program = await runtime.compile(fn, { inputs });
    const { image } = await program.run(codes);
    await runtime.dispose();

    const page = await browser.newPage();
    const faults = await watchPage(page, origin);
    await page.route(`${origin}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/decoder.onnx") {
        await route.fulfill({ body: Buffer.from(model) });
      } else if (pathname.startsWith("/ort/")) {
        const body = await readFile(path.join(ortFolder, path.basename(pathname)));
        const contentType = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
        await route.fulfill({ body, contentType });
      } else {
        const body = `<!doctype html><script type="module">${script}</script>`;
        await route.fulfill({ body, contentType: "text/html" });
      }
    });
    await page.goto(origin);
    await page.waitForFunction('document.title === "ready"', undefined, { timeout: 60_000 });
    const given = Object.entries(inputs).map(([name, shape]) => ({
      ...{ name, shape, values: [...codes[name]!] },
    }));
    const drawn = await page.evaluate(
      (sent) =>
        (
          globalThis as unknown as {
            decode: (codes: typeof sent) => Promise<{ shape: number[]; values: number[] }>;
          }
        ).decode(sent),
      given,
    );
    assert.deepEqual(drawn.shape, image!.shape);
    assert.ok(image!.data.every((value, at) => Math.abs(value - drawn.values[at]!) < 1e-5));
    // No film of one grey: the numbers compared say something.
    assert.ok(Math.max(...drawn.values) - Math.min(...drawn.values) > 0.01);
    assert.deepEqual(faults, { outsideRequests: [], errors: [] });
  });
});
