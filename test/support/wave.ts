import * as tf from "@tensorflow/tfjs-core";

/** sin(0.37·i + phase): numbers that a reference script can make too, without a file between. */
export function wave(phase: number, ...shape: number[]): tf.Tensor {
  const count = shape.reduce((total, size) => total * size, 1);
  const values = Float32Array.from({ length: count }, (_, index) => Math.sin(0.37 * index + phase));
  return tf.tensor(values, shape);
}
