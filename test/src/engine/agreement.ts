import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Runtime } from "#src/engine/index.ts";
import { createRuntime, key, normal, randint } from "#src/engine/index.ts";

export type Tensors = Record<string, tf.Tensor>;

/** One runtime for a whole describe block. */
export function useRuntime(): () => Runtime {
  let runtime: Runtime | undefined;
  before(async () => {
    runtime = await createRuntime({ device: "cpu" });
  });
  after(async () => {
    await runtime?.dispose();
  });
  return () => runtime!;
}

/** Standard normal tensor of a shape, the same in every run of the tests. */
export function noise(seed: number, shape: readonly number[]): tf.Tensor {
  return tf.tensor(normal(key(seed), size(shape)), [...shape]);
}

/** Whole numbers from min to max - 1. */
export function wholes(
  seed: number,
  shape: readonly number[],
  min: number,
  max: number,
): tf.Tensor {
  return tf.tensor(randint(key(seed), size(shape), { min, max }), [...shape], "int32");
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Runs `fn` eagerly on tf.js's cpu backend and compiled, and compares every output. */
export async function assertAgrees(
  runtime: Runtime,
  fn: (inputs: Tensors) => Tensors,
  inputs: Tensors,
  tolerance = 1e-5,
): Promise<void> {
  const program = await runtime.compile(fn, {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, dtype }]) => [
        name,
        { shape, dtype: dtype as "float32" },
      ]),
    ),
  });
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, tensor.dataSync<"float32">()]),
  );
  const actual = await program.run(given);
  const expected = tf.tidy(() => fn(inputs));
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected)) {
    const { data, shape, dtype } = actual[name]!;
    assert.deepEqual(shape, tensor.shape, `shape of ${name}`);
    assert.equal(dtype, tensor.dtype, `dtype of ${name}`);
    assertClose(data, tensor.dataSync(), tolerance, name);
  }
  await program.dispose();
}

/** Every element within tolerance times max(1, |expected|). */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, `length of ${name}`);
  for (let at = 0; at < actual.length; at++) {
    const [a, e] = [actual[at]!, expected[at]!];
    const isSame = Object.is(a, e) || Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e));
    assert.ok(isSame, `${name}[${at}]: ${a}, expected ${e}`);
  }
}
