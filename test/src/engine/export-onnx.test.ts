import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import * as ort from "onnxruntime-web";
import { smallDecoder } from "../../support/small-decoder.ts";
import { useRuntime } from "./agreement.ts";

describe("exportOnnx", () => {
  const runtime = useRuntime();

  it("writes the decoder as a model that onnxruntime-web (WebAssembly) runs to the same image", async function () {
    this.timeout(60_000);
    const { fn, inputs, codes } = smallDecoder();
    const model = await runtime().exportOnnx(fn, { inputs });
    assert.ok(!Buffer.from(model).includes("com.microsoft"), "the ONNX standard alone");

    const program = await runtime().compile(fn, { inputs });
    const expected = (await program.run(codes))["image"]!;
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [
        name,
        new ort.Tensor("float32", codes[name]!, shape),
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
