import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import * as ort from "onnxruntime-web";
import { decode, defaultAutoencoderSettings, encode } from "#src/autoencoder/index.ts";
import { key, normal } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { useRuntime } from "./agreement.ts";

const SIZE_PX = 16;
const settings = defaultAutoencoderSettings(SIZE_PX, 4);

describe("exportOnnx", () => {
  const runtime = useRuntime();

  it("writes the decoder as a model that onnxruntime-web (WebAssembly) runs to the same image", async function () {
    this.timeout(60_000);
    const store = new ParameterStore(key(0));
    tf.tidy(() => {
      const { identity, pathology, acquisition } = encode(
        store,
        tf.zeros([1, SIZE_PX, SIZE_PX, 1]),
        settings,
      );
      decode(
        store.at("decoder"),
        { identity: identity.mean, pathology: pathology.mean, acquisition: acquisition.mean },
        settings,
      );
    });
    const inputs = {
      identity: [1, 2, 2, settings.identityChannels],
      pathology: [1, settings.pathologyWidth],
      acquisition: [1, settings.acquisitionWidth],
    };
    const fn = (codes: Record<string, tf.Tensor>) => ({
      image: decode(store.at("decoder"), codes as never, settings),
    });
    const model = await runtime().exportOnnx(fn, { inputs });
    assert.ok(!Buffer.from(model).includes("com.microsoft"), "the ONNX standard alone");

    const data = Object.fromEntries(
      Object.entries(inputs).map(([name, shape], index) => [
        name,
        normal(
          key(index),
          shape.reduce((a, b) => a * b),
        ),
      ]),
    );
    const program = await runtime().compile(fn, { inputs });
    const expected = (await program.run(data))["image"]!;
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [
        name,
        new ort.Tensor("float32", data[name]!, shape),
      ]),
    );
    const { image } = await session.run(feeds);
    assert.deepEqual(image!.dims, expected.shape);
    const actual = image!.data as Float32Array;
    assert.ok(expected.data.every((value, at) => Math.abs(value - actual[at]!) < 1e-5));
    await session.release();
  });

  it("refuses an output that has the name of an input", async () => {
    await assert.rejects(
      runtime().exportOnnx(({ x }) => ({ x: tf.neg(x!) }), { inputs: { x: [2] } }),
      /"x" is an input and an output/,
    );
  });
});
