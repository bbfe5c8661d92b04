import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { gradientThroughSteps, key, normal, silu } from "#src/engine/index.ts";
import type { Steps } from "#src/engine/gradient-through-steps.ts";
import { noise, useRuntime } from "./agreement.ts";

const SHAPE = [2, 6, 6, 1];
const SIZE = 72;

/** A denoiser of two convolutions and a DDIM-like step: x <- a x + b guess(x). */
function makeSampler(count: number): Steps {
  const first = tf.variable(tf.mul(noise(1, [3, 3, 1, 8]), 0.3));
  const second = tf.variable(tf.mul(noise(2, [3, 3, 8, 1]), 0.1));
  const conv = (x: tf.Tensor, filter: tf.Variable) =>
    tf.conv2d(x as tf.Tensor4D, filter as unknown as tf.Tensor4D, 1, "same");
  return {
    count,
    shape: SHAPE,
    step: (x, { share }) => {
      const guess = conv(silu(conv(x, first)), second);
      return tf.add(tf.mul(x, share!), tf.mul(guess, tf.sub(1, share!)));
    },
    loss: (x, { target }) => tf.mean<tf.Scalar>(tf.square(tf.sub(x, target!))),
    stepInputs: { share: [] },
    lossInputs: { target: SHAPE },
  };
}

const start = normal(key(5), SIZE);
const target = normal(key(6), SIZE);
const inputsFor = (count: number, from: Float32Array = start) => ({
  start: from,
  steps: Array.from({ length: count }, (_, index) => ({ share: 0.95 - 0.05 * index })),
  loss: { target },
});

describe("a gradient through ten sampler steps", () => {
  const runtime = useRuntime();

  it("is the same unrolled and recomputed, and what central differences say", async () => {
    const sampler = makeSampler(10);
    const unrolled = await gradientThroughSteps(runtime(), { ...sampler, form: "unrolled" });
    const recomputed = await gradientThroughSteps(runtime(), { ...sampler, form: "recompute" });
    const [a, b] = [await unrolled.run(inputsFor(10)), await recomputed.run(inputsFor(10))];
    assert.ok(Math.abs(a.loss - b.loss) < 1e-6 * a.loss);
    const largest = Math.max(...a.gradient.map(Math.abs));
    for (const [at, value] of a.gradient.entries()) {
      assert.ok(Math.abs(value - b.gradient[at]!) < 1e-5 * largest, `element ${at}`);
    }
    assert.ok(a.end.every((value, at) => Math.abs(value - b.end[at]!) < 1e-5));

    const direction = normal(key(7), SIZE);
    const along = (step: number) => start.map((value, at) => value + step * direction[at]!);
    const [ahead, behind] = [
      await unrolled.run(inputsFor(10, along(1e-2))),
      await unrolled.run(inputsFor(10, along(-1e-2))),
    ];
    const expected = (ahead.loss - behind.loss) / 2e-2;
    const actual = a.gradient.reduce((sum, value, at) => sum + value * direction[at]!, 0);
    assert.ok(
      Math.abs(actual - expected) < 2e-3 * Math.max(1e-2, Math.abs(expected)),
      `${actual}, ${expected}`,
    );
    await unrolled.dispose();
    await recomputed.dispose();
  });

  it("recomputed has programs of one size whatever the number of steps", async () => {
    const nodesOf = async (count: number) => {
      const compiled = await gradientThroughSteps(runtime(), {
        ...makeSampler(count),
        form: "recompute",
      });
      const { programs } = compiled;
      const counts = programs.map(({ statistics }) =>
        Object.values(statistics.onnx).reduce((sum, nodes) => sum + nodes, 0),
      );
      await compiled.dispose();
      return counts;
    };
    assert.deepEqual(await nodesOf(2), await nodesOf(40));
  });

  it("chooses by the number of steps, and refuses a run with too few inputs", async () => {
    const few = await gradientThroughSteps(runtime(), makeSampler(3));
    const many = await gradientThroughSteps(runtime(), makeSampler(30));
    assert.deepEqual([few.form, many.form], ["unrolled", "recompute"]);
    assert.throws(() => few.run(inputsFor(2)), /inputs for 2 steps, but 3 steps/);
    await assert.rejects(gradientThroughSteps(runtime(), makeSampler(0)), /count is 0/);
    await few.dispose();
    await many.dispose();
  });
});
