import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime, type Runtime } from "#src/engine/index.ts";
import { openOnnxExtractor } from "#src/io/index.ts";
import { extractFeatures } from "#src/metrics/index.ts";

describe("a feature extractor from an ONNX file", () => {
  let folder: string;
  let runtime: Runtime;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-onnx-"));
    runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    file = path.join(folder, "means.onnx");
    // Channel means, and the brightness of the left half of the first channel.
    const model = await runtime.exportOnnx(
      ({ films }) => ({
        features: tf.concat(
          [tf.mean(films!, [2, 3]), tf.mean(tf.slice(films!, [0, 0, 0, 0], [1, 1, 8, 4]), [2, 3])],
          1,
        ),
      }),
      { inputs: { films: [1, 3, 8, 8] } },
    );
    await writeFile(file, model);
  });
  after(async () => {
    await runtime.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it("repeats grey over channels, prepares it as the network wants, and says which network it was", async () => {
    const extractor = await openOnnxExtractor(file, {
      imageSizePx: 16,
      mean: [0, 0.5, 0],
      deviation: [1, 1, 0.25],
    });
    const films = new Float32Array(2 * 256);
    films.fill(0.5, 0, 256);
    // The second film is bright in its right half only.
    for (let pixel = 0; pixel < 256; pixel++) films[256 + pixel] = pixel % 16 >= 8 ? 1 : 0;
    const { data, shape, extractor: identity } = await extractFeatures(extractor, films);
    assert.deepEqual(shape, [2, 4]);
    const expected = [0.5, 0, 2, 0.5, 0.5, 0, 2, 0];
    expected.forEach((value, at) => {
      assert.ok(Math.abs(data[at]! - value) < 1e-6, `${at}: ${data[at]}`);
    });
    assert.equal(identity.name, "means");
    assert.match(identity.hash, /^[0-9a-f]{16}$/);
    await extractor.dispose();
  });

  it("enlarges films without shifting them", async () => {
    const extractor = await openOnnxExtractor(file, { imageSizePx: 4 });
    const film = Float32Array.from({ length: 16 }, (_, pixel) => pixel % 4);
    const [all, , , left] = await extractor.extract(film);
    // A ramp from 0 to 3 at twice the size: 0 (the edge), 0.25, 0.75, 1.25 and the same mirrored.
    assert.ok(Math.abs(all! - 1.5) < 1e-6 && Math.abs(left! - 0.5625) < 1e-6, `${all} ${left}`);
    await extractor.dispose();
  });

  it("says what is wrong with a file", async () => {
    await assert.rejects(
      openOnnxExtractor(path.join(folder, "none.onnx"), { imageSizePx: 16 }),
      /cannot be opened as an ONNX model/,
    );
    await assert.rejects(
      openOnnxExtractor(file, { imageSizePx: 16, output: "logits" }),
      /no output logits, only features/,
    );
  });
});
