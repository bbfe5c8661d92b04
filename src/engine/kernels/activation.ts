import type { Attributes, GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import { Unsupported } from "./kernel.ts";

/** The activations that tf.fused offers, by its names. */
export function activate(to: Lowering, x: Lowered, node: GraphNode): Lowered {
  const activation = (node.attributes["activation"] ?? "linear") as string;
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return elementwise(to, "Relu", [x]);
    case "relu6":
      return elementwise(to, "Min", [elementwise(to, "Relu", [x]), numberOperand(to, 6)]);
    case "elu":
      return elementwise(to, "Elu", [x]);
    case "sigmoid":
      return elementwise(to, "Sigmoid", [x]);
    case "leakyrelu":
      return elementwise(to, "LeakyRelu", [x], "float32", {
        alpha: { float: (node.attributes["leakyreluAlpha"] as number | undefined) ?? 0.2 },
      });
    default:
      throw new Error(`The activation ${activation} passed infer() but has no lowering.`);
  }
}

/** Refuses the activations that `activate` does not cover. */
export function requireActivation(attributes: Attributes): void {
  const activation = (attributes["activation"] ?? "linear") as string;
  if (["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"].includes(activation)) return;
  throw new Unsupported(
    `the fused activation ${activation}; apply it after the unfused operation.`,
  );
}
