import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import sharp from "sharp";
import { mimeBundle } from "#kernel-ext/display/index.ts";

const show = async (value: unknown): Promise<Record<string, unknown>> => await mimeBundle(value);
const text = async (value: unknown): Promise<string> => String((await show(value))["text/plain"]);

/** Decoded by another library than the one that wrote it. */
async function decode(bundle: Record<string, unknown>): Promise<{
  width: number;
  height: number;
  channels: number;
  data: Buffer;
}> {
  const png = Buffer.from(String(bundle["image/png"]), "base64");
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

describe("values that show richly", () => {
  it("lists plain records as a table beside their text", async () => {
    const rows = [
      { a: 1, b: "<x> & 'y'" },
      { a: 2, c: [1] },
    ];
    const { "text/plain": plain, "text/html": html } = await show(rows);
    assert.equal(plain, inspect(rows));
    assert.match(String(html), /<th scope="col">a<\/th><th scope="col">b<\/th><th scope="col">c/);
    assert.match(String(html), /<td>1<\/td><td>&lt;x&gt; &amp; &#39;y&#39;<\/td><td><\/td>/);
  });

  it("leaves lists of anything else to inspect", async () => {
    for (const value of [[], [1, 2], [{}], [new Date(0)], [{ a: 1 }, 2], new Map([[1, 2]])]) {
      assert.deepEqual(await show(value), { "text/plain": inspect(value) });
    }
  });

  it("shows the first and last rows of a long table and says how many there are", async () => {
    const { "text/html": html } = await show(Array.from({ length: 1000 }, (_, n) => ({ n })));
    assert.equal(String(html).match(/<tr>/g)?.length, 1 + 60 + 1);
    assert.match(String(html), /<td>29<\/td>[^]*⋮[^]*<td>970<\/td>[^]*<p>1000 rows × 1 columns/);
  });

  it("summarises typed arrays, but shows short ones whole", async () => {
    const long = Float32Array.from({ length: 1000 }, (_, i) => i / 2);
    assert.equal(
      await text(long),
      "Float32Array [1000]  min 0, max 499.5, mean 249.8\n[ 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, … ]",
    );
    assert.match(await text(new Float64Array(1000).fill(Number.NaN)), /1000 NaN/);
    assert.equal(await text(new Uint8Array([1, 2])), "Uint8Array(2) [ 1, 2 ]");
  });

  it("tells shape, type, range and values of tensors", async () => {
    assert.equal(
      await text(
        tf.tensor2d([
          [1, 2],
          [3, 4.5],
        ]),
      ),
      "Tensor float32 [2 × 2]  min 1, max 4.5, mean 2.625\n[ [ 1, 2 ], [ 3, 4.5 ] ]",
    );
    assert.equal(await text(tf.scalar(3, "int32")), "Tensor int32 scalar\n3");
    assert.equal(await text(tf.zeros([0, 3])), "Tensor float32 [0 × 3]");
    const gone = tf.zeros([2]);
    gone.dispose();
    assert.equal(await text(gone), "Tensor float32 [2], disposed");
  });

  it("reads a tensor before its owner disposes of it", async () => {
    const tensor = tf.tensor1d([7]);
    const shown = text(tensor);
    tensor.dispose();
    assert.match(await shown, /\[ 7 \]/);
  });

  it("pictures an array that is an image, from its least to its greatest number", async () => {
    const data = Float32Array.from({ length: 64 * 32 }, (_, i) => (i % 64 < 32 ? -5 : 3));
    const { width, height, data: pixels } = await decode(await show({ data, shape: [32, 64] }));
    assert.deepEqual([width, height], [128, 64]);
    const stride = pixels.length / (width * height);
    assert.deepEqual([pixels[0], pixels[(width - 1) * stride]], [0, 255]);
  });

  it("keeps the colours of bytes, and shrinks what is large by means", async () => {
    const data = new Uint8Array(512 * 512 * 3);
    for (let i = 0; i < data.length; i += 3) data.set([200, 100, (i / 3) % 2 === 0 ? 0 : 100], i);
    const {
      width,
      channels,
      data: pixels,
    } = await decode(await show({ data, shape: [512, 512, 3] }));
    assert.deepEqual([width, channels, [...pixels.subarray(0, 3)]], [256, 3, [200, 100, 50]]);
  });

  it("puts the images of a batch side by side, and draws no picture of a small matrix", async () => {
    const { width, height } = await decode(await show(tf.zeros([3, 128, 128, 1])));
    assert.deepEqual([width, height], [3 * 128 + 2 * 2, 128]);
    assert.equal((await show(tf.zeros([4, 4])))["image/png"], undefined);
  });

  it("shows the bytes of image files as images", async () => {
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const bundle = await show(png);
    assert.equal(bundle["image/png"], png.toString("base64"));
    assert.match(String(bundle["text/plain"]), /^PNG image, \d+ bytes$/);
  });

  it("hands charts to their renderers, and never to Plotly's cloud", async () => {
    const chart = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "bar" };
    assert.deepEqual((await show(chart))["application/vnd.vegalite.v5+json"], chart);
    const y = new Float32Array([1, 2]);
    const plot = { data: [{ type: "bar", y }], config: { responsive: true } };
    assert.deepEqual(await show(plot), {
      "application/vnd.plotly.v1+json": {
        data: [{ type: "bar", y: [1, 2] }],
        config: { responsive: true, showSendToCloud: false },
      },
      "text/plain": "Plotly chart\n  bar, y 2 in [1, 2]",
    });
    assert.deepEqual(Object.keys(await show({ data: [1], layout: {} })), ["text/plain"]);
  });

  it("says in words what a Plotly chart shows, for viewers that cannot draw it", async () => {
    const data = [
      { name: "train", x: [0, 1, 2], y: new Float32Array([2, 0.51234, NaN]) },
      { type: "bar", x: ["No finding", "Effusion"], y: [10, 3] },
      { type: "heatmap", z: [new Float64Array([1, 2, 3]), [4, 5, 6]] },
      { type: "pie", labels: ["a", "b"], values: [1, 2], name: "" },
    ];
    const layout = { title: { text: "Loss<br>by step" }, xaxis: { title: "step" } };
    assert.equal(
      (await show({ data, layout }))["text/plain"],
      [
        'Plotly chart "Loss by step" (x: step)',
        '  scatter "train", x 3 in [0, 2], y 3 in [0.5123, 2]',
        "  bar, x 2 from No finding to Effusion, y 2 in [3, 10]",
        "  heatmap, z 2 × 3 in [1, 6]",
        "  pie, values 2 in [1, 2], labels 2 from a to b",
      ].join("\n"),
    );
    const many = Array.from({ length: 22 }, () => ({ type: "scatter", y: [1] }));
    assert.match(String((await show({ data: many }))["text/plain"]), /\n {2}and 2 more$/);
  });

  it("shows elements of a DOM", async () => {
    const svg = { nodeType: 1, outerHTML: "<svg></svg>" };
    assert.equal((await show(svg))["image/svg+xml"], "<svg></svg>");
    assert.equal((await show({ nodeType: 1, outerHTML: "<p>" }))["text/html"], "<p>");
  });

  it("says how to see what is not there yet", async () => {
    const hook = createHook({ init: () => undefined }).enable();
    const hooked = [new Promise(() => undefined), Promise.resolve(1)];
    hook.disable();
    assert.deepEqual(await Promise.all(hooked.map((promise) => text(promise))), [
      "Promise { <pending> } (await it to see its value)",
      "Promise { 1 }",
    ]);
    const pending = new Promise(() => undefined);
    assert.equal(await text(pending), "Promise { <pending> } (await it to see its value)");
    assert.equal(await text(Promise.resolve(1)), "Promise { 1 }");
    async function* numbers(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
    }
    assert.match(await text(numbers()), /\(read it with for await\)$/);
  });
});
