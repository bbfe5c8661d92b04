import * as tf from "@tensorflow/tfjs-core";

/**
 * Registers the gradients of comparisons and logic, which are zero everywhere. tf.js has none, and so refuses
 * tf.where(tf.less(x, 1), ...) whenever x needs a gradient.
 */
export function registerFlatGradients(): void {
  const zero = (saved: tf.Tensor[], at: number) => () => tf.zeros(saved[at]!.shape, "float32");
  const comparisons = "Less LessEqual Greater GreaterEqual Equal NotEqual LogicalAnd LogicalOr";
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
