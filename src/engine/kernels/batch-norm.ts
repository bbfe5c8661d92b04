import { elementwise, numberOperand } from "./broadcast.ts";
import type { KernelTable } from "./kernel.ts";
import { allOnFloats, attribute } from "./kernel.ts";

/** tf.batchNorm with given statistics: (x - mean) (scale / sqrt(variance + epsilon)) + offset. */
export const batchNormKernels: KernelTable = allOnFloats({
  FusedBatchNorm: {
    infer: ({ x }) => ({ shape: x!.shape, dtype: "float32" }),
    lower: (to, node) => {
      const [x, mean, variance] = [
        to.input(node, "x"),
        to.input(node, "mean"),
        to.input(node, "variance"),
      ];
      const { scale, offset } = node.inputs;
      const epsilon = numberOperand(to, attribute<number>(node.attributes, "varianceEpsilon"));
      const deviation = elementwise(to, "Sqrt", [elementwise(to, "Add", [variance, epsilon])]);
      const inverse = elementwise(to, "Reciprocal", [deviation]);
      const factor =
        scale === undefined ? inverse : elementwise(to, "Mul", [inverse, to.get(scale)]);
      const normed = elementwise(to, "Mul", [elementwise(to, "Sub", [x, mean]), factor]);
      return offset === undefined ? normed : elementwise(to, "Add", [normed, to.get(offset)]);
    },
  },
});
