import type { Constant, TensorSpec } from "./graph.ts";

/** Reads a constant's elements once, noticing when they are all equal. */
export function constantFrom(values: ArrayLike<number | boolean>, spec: TensorSpec): Constant {
  const first = Number(values[0] ?? 0);
  let uniform = values.length > 0;
  for (let at = 1; uniform && at < values.length; at++) {
    uniform = Object.is(Number(values[at]), first);
  }
  if (uniform) return { fill: spec.dtype === "float32" ? Math.fround(first) : first };
  const numbers = Array.from(values, Number);
  if (spec.dtype === "float32") return { data: Float32Array.from(numbers) };
  return { data: spec.dtype === "int32" ? Int32Array.from(numbers) : Uint8Array.from(numbers) };
}
