import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";
import { openOnnxTextEncoder, openSentenceEncoder } from "#src/io/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

/** Made by text-encoder-reference.py: a small network, its tokenizer, and rows by ONNX Runtime and tokenizers for Python. */
const small = new URL("text-encoder/small.onnx", import.meta.url).pathname;

const dot = (rows: Float32Array, a: number, b: number, width: number) =>
  rows
    .subarray(a * width, (a + 1) * width)
    .reduce((sum, value, at) => sum + value * rows[b * width + at]!, 0);

describe("frozen sentence encoders", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-sentences-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("reads an ONNX text encoder and its tokenizer as Python does", async () => {
    const reference = JSON.parse(
      await readFile(new URL("text-encoder/reference.json", import.meta.url), "utf8"),
    ) as { sentence: string; row: number[] }[];
    const encoder = await openSentenceEncoder(small);
    assert.equal(encoder.name, "small");
    assert.equal(encoder.width, 12);
    const rows = await encoder.embed(reference.map(({ sentence }) => sentence));
    assertAllClose(
      rows,
      reference.flatMap(({ row }) => row),
      { atol: 1e-6, rtol: 0 },
    );
    await encoder.dispose();
  });

  it("tells encoders apart by their files, the tokenizer among them", async () => {
    const file = path.join(folder, "small.onnx");
    await copyFile(small, file);
    const tokenizer = await readFile(path.join(path.dirname(small), "tokenizer.json"), "utf8");
    await assert.rejects(openSentenceEncoder(file), /no tokenizer.json beside it/);
    const fingerprints: string[] = [];
    for (const text of [tokenizer, tokenizer.replace('"[UNK]"', ' "[UNK]"')]) {
      await writeFile(path.join(folder, "tokenizer.json"), text);
      const encoder = await openSentenceEncoder(file);
      fingerprints.push(encoder.fingerprint);
      await encoder.dispose();
    }
    const original = await openOnnxTextEncoder(small);
    assert.equal(fingerprints[0], original.fingerprint);
    assert.notEqual(fingerprints[1], original.fingerprint);
    await original.dispose();
  });

  it("says what is wrong with a file", async () => {
    await assert.rejects(openSentenceEncoder("bert"), /no sentence encoder.*energetic/);
    await assert.rejects(openSentenceEncoder(path.join(folder, "no.onnx")), /cannot be opened/);
    await writeFile(path.join(folder, "tokenizer.json"), "{");
    await assert.rejects(openSentenceEncoder(path.join(folder, "small.onnx")), /as a tokenizer/);
    const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const films = await runtime.exportOnnx(({ films }) => ({ sum: tf.sum(films!) }), {
      inputs: { films: [1, 4] },
    });
    await runtime.dispose();
    await writeFile(path.join(folder, "films.onnx"), films);
    await assert.rejects(
      openSentenceEncoder(path.join(folder, "films.onnx")),
      /it has the inputs films.*input_ids/,
    );
  });

  it("embeds by @energetic-ai, in a thread of its own: likeness of meaning, and our tensors untouched", async function () {
    this.timeout(60_000);
    const backend = tf.getBackend();
    const encoder = await openSentenceEncoder("energetic");
    const rows = await encoder.embed([
      "Severe right effusion.",
      "Mild right effusion.",
      "Left nodule.",
    ]);
    assert.equal(rows.length, 3 * encoder.width);
    assert.ok(Math.abs(dot(rows, 0, 0, 512) - 1) < 1e-4);
    assert.ok(dot(rows, 0, 1, 512) > dot(rows, 0, 2, 512) + 0.2);
    const alone = await encoder.embed(["Left nodule."]);
    assertAllClose(alone, rows.subarray(2 * 512), { atol: 1e-6, rtol: 0 });
    assert.equal(tf.getBackend(), backend);
    await encoder.dispose();
  });
});
