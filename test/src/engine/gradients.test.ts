import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Runtime } from "#src/engine/index.ts";
import { noise, useRuntime } from "./agreement.ts";
import type { Fn } from "./gradient-cases.ts";
import { gradientCases } from "./gradient-cases.ts";

const EPSILON = 2e-3;
const DIRECTIONS = 3;

/**
 * Compares the compiled gradient with central differences of the eager function along random directions u:
 * <grad f, u> = (f(x + e u) - f(x - e u)) / 2e. Differences are the judge, since tf.js's own gradient kernels on the cpu
 * are not beyond doubt (ResizeNearestNeighborGrad of 4.22 is wrong for more than one image).
 */
async function assertGradient(
  runtime: Runtime,
  fn: Fn,
  inputs: readonly tf.Tensor[],
): Promise<void> {
  const weights = tf.tidy(() => noise(99, fn(...inputs).shape));
  const scalar = (...values: tf.Tensor[]) =>
    tf.sum<tf.Scalar>(tf.mul(tf.cast(fn(...values), "float32"), weights));
  const names = inputs.map((_, index) => `x${index}`);
  const program = await runtime.compile(
    (given) => {
      const gradients = tf.grads(scalar)(names.map((name) => given[name]!));
      return Object.fromEntries(gradients.map((gradient, index) => [names[index]!, gradient]));
    },
    { inputs: Object.fromEntries(inputs.map(({ shape }, index) => [names[index]!, shape])) },
  );
  const gradients = await program.run(
    Object.fromEntries(inputs.map((input, index) => [names[index]!, input.dataSync<"float32">()])),
  );
  await program.dispose();
  for (const [index, input] of inputs.entries()) {
    const gradient = gradients[names[index]!]!.data;
    for (let direction = 0; direction < DIRECTIONS; direction++) {
      const u = noise(1000 + direction, input.shape);
      const valueAt = (step: number) =>
        tf.tidy(() => {
          const moved = inputs.map((other, at) =>
            at === index ? tf.add(other, tf.mul(u, step)) : other,
          );
          return scalar(...moved).dataSync()[0]!;
        });
      const expected = (valueAt(EPSILON) - valueAt(-EPSILON)) / (2 * EPSILON);
      const along = Array.from(u.dataSync());
      const actual = along.reduce((sum, value, at) => sum + value * gradient[at]!, 0);
      const scale = Math.max(1, Math.abs(expected), Math.hypot(...along) * 0.5);
      assert.ok(
        Math.abs(actual - expected) < 5e-3 * scale,
        `input ${index}, direction ${direction}: ${actual}, differences say ${expected}`,
      );
    }
  }
}

describe("compiled gradients agree with central differences:", () => {
  const runtime = useRuntime();
  for (const [name, [fn, inputs]] of Object.entries(gradientCases)) {
    it(name, () => assertGradient(runtime(), fn, inputs));
  }

  it("a reversed gradient (tf.customGrad) has the sign that the function gives it", async () => {
    const reverse = tf.customGrad((value) => ({
      value: tf.mul(value as tf.Tensor, 1),
      gradFunc: (dy) => tf.mul(dy, -0.5),
    }));
    const program = await runtime().compile(
      ({ a }) => ({ gradient: tf.grad((z) => tf.sum(tf.square(reverse(z))))(a!) }),
      { inputs: { a: [3] } },
    );
    const { gradient } = await program.run({ a: Float32Array.of(1, -2, 3) });
    assert.deepEqual([...gradient!.data], [-1, 2, -3]);
  });
});
