import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { DType, TensorSpec } from "#src/engine/graph.ts";
import { TraceError } from "#src/engine/index.ts";
import type { Tensors } from "./agreement.ts";
import { assertAgrees, noise, useRuntime, wholes } from "./agreement.ts";
import type { RecordedCall } from "./recorded-calls.ts";
import { recordedCalls } from "./recorded-calls.ts";

// Kernels whose types the user cannot choose, and those that take sorted rows or an empty list.
const FIXED = /Grad$|Backprop|^Fill$|^Range$|^LinSpace$|^SearchSorted$|incount$/;

// Of the different calls of one kernel in the test cases, so many are tried.
const CALLS_EACH = 3;

function sample({ shape }: TensorSpec, dtype: DType, seed: number): tf.Tensor {
  if (dtype === "float32") return noise(seed, shape);
  if (dtype === "int32") return wholes(seed, shape, 1, 4);
  return tf.cast(wholes(seed, shape, 0, 2), "bool");
}

/** Calls the kernel with every float32 tensor replaced by one of another type. */
function withType({ op, inputs, attributes }: RecordedCall, dtype: DType) {
  const tensors: Tensors = {};
  for (const [index, [name, spec]] of Object.entries(inputs).entries()) {
    tensors[name] = sample(spec, spec.dtype === "float32" ? dtype : spec.dtype, index);
  }
  const fn = (given: Tensors): Tensors => {
    const list = inputs["0"] === undefined ? given : Object.values(given);
    const result = tf.engine().runKernel(op, list as never, attributes as never);
    const outputs = Array.isArray(result) ? result : [result];
    return Object.fromEntries(outputs.map((output, index) => [`y${index}`, output]));
  };
  return { fn, tensors };
}

describe("a kernel given other types than float32 computes what tf.js's cpu backend does, or refuses", () => {
  const runtime = useRuntime();
  const calls = recordedCalls().filter(
    ({ op, inputs }) =>
      !FIXED.test(op) && Object.values(inputs).some((spec) => spec.dtype === "float32"),
  );
  for (const dtype of ["int32", "bool"] as const) {
    for (const op of new Set(calls.map((call) => call.op))) {
      it(`${op} of ${dtype}`, async () => {
        for (const call of calls.filter((other) => other.op === op).slice(0, CALLS_EACH)) {
          const { fn, tensors } = withType(call, dtype);
          try {
            tf.tidy(() => {
              for (const tensor of Object.values(fn(tensors))) tensor.dataSync();
            });
          } catch {
            continue;
          }
          try {
            await assertAgrees(runtime(), fn, tensors, 2e-5);
          } catch (error) {
            if (!(error instanceof TraceError)) throw error;
            assert.match(error.message, /cast|float32|dtype/);
          }
        }
      });
    }
  }
});
