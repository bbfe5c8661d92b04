import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  binaryCrossEntropy,
  crossCorrelation,
  klDivergence,
  l1,
  ssim,
} from "#src/autoencoder/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { wave } from "../../support/wave.ts";

// Made by test/fixtures/autoencoder/make_losses.py with PyTorch.
const golden = JSON.parse(
  readFileSync(new URL("../../fixtures/autoencoder/losses.json", import.meta.url), "utf8"),
) as Record<"l1" | "ssim" | "kl" | "binaryCrossEntropy" | "crossCorrelation", number>;

describe("losses", () => {
  let first: tf.Tensor4D;
  let second: tf.Tensor4D;

  before(async () => {
    await tf.setBackend("cpu");
    first = tf.div(tf.add(wave(0, 2, 12, 12, 1), 1), 2);
    second = tf.div(tf.add(tf.mul(wave(0.4, 2, 12, 12, 1), 0.8), 1), 2);
  });

  const close = (actual: tf.Scalar, expected: number) => {
    assertAllClose(actual.dataSync(), [expected], { rtol: 1e-4, atol: 1e-5 });
  };

  it("measure mean absolute difference as PyTorch does", () => {
    close(l1(first, second), golden.l1);
  });

  it("measure structural similarity as its formula in PyTorch does, and give 1 for equal films", () => {
    close(ssim(first, second), golden.ssim);
    close(ssim(first, first), 1);
  });

  it("measure divergence from the prior as torch.distributions does, with free bits", () => {
    const posterior = { mean: wave(0.1, 4, 6), logVariance: tf.sub(wave(0.9, 4, 6), 1) };
    close(klDivergence(posterior, 0.25), golden.kl);
  });

  it("score labels from logits as PyTorch does", () => {
    const logits = tf.mul<tf.Tensor2D>(wave(0.2, 4, 6), 3);
    const labels = tf.cast<tf.Tensor2D>(tf.greater(wave(1.3, 4, 6), 0), "float32");
    close(binaryCrossEntropy(logits, labels), golden.binaryCrossEntropy);
  });

  it("measure cross-correlation of two codes as its formula in PyTorch does", () => {
    const cubed = tf.pow<tf.Tensor2D>(wave(1.7, 5, 2), 3);
    close(crossCorrelation(wave(0.3, 5, 3) as tf.Tensor2D, cubed), golden.crossCorrelation);
  });
});
