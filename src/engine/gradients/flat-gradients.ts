import * as tf from "@tensorflow/tfjs-core";

/**
 * Registers the gradients of comparisons, logic and FloorDiv, which are zero everywhere. tf.js has none for the first
 * two, and so refuses tf.where(tf.less(x, 1), ...) whenever x needs a gradient; for FloorDiv it has that of the true
 * quotient.
 */
export function registerFlatGradients(): void {
  const zero = (saved: tf.Tensor[], at: number) => () => tf.zeros(saved[at]!.shape, "float32");
  const comparisons =
    "Less LessEqual Greater GreaterEqual Equal NotEqual LogicalAnd LogicalOr FloorDiv";
  for (const kernelName of comparisons.split(" ")) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ["a", "b"],
      gradFunc: (_, saved) => ({ a: zero(saved, 0), b: zero(saved, 1) }),
    });
  }
  tf.registerGradient({
    kernelName: "LogicalNot",
    inputsToSave: ["x"],
    gradFunc: (_, saved) => ({ x: zero(saved, 0) }),
  });
}
