import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "../errors.ts";

/** Checks that a traced function returned a record of tensors, as plain JavaScript callers may not. */
export function requireOutputs(returned: unknown): Record<string, tf.Tensor> {
  if (returned instanceof Promise) {
    throw new TraceError(
      "A compiled function must be synchronous, but it returned a promise. Load data before compile() and pass it as " +
        "an input.",
      undefined,
    );
  }
  if (typeof returned !== "object" || returned === null || returned instanceof tf.Tensor) {
    throw new TraceError(
      "A compiled function must return a record of named tensors, like { loss }.",
      undefined,
    );
  }
  for (const [name, value] of Object.entries(returned)) {
    if (!isTensor(value)) {
      throw new TraceError(
        `The output "${name}" of a compiled function is not a tensor.`,
        undefined,
      );
    }
  }
  return returned as Record<string, tf.Tensor>;
}

// By shape, not by class: the caller may hold another copy of tf.js.
function isTensor(value: unknown): value is tf.Tensor {
  return typeof value === "object" && value !== null && "dataId" in value && "dtype" in value;
}
