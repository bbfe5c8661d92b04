import type { Attributes, GraphNode, Inputs, TensorSpec } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";

/** One tf.js kernel: what it returns, and how ONNX says it. */
export interface Kernel {
  /** The outputs' shapes and types; throws Unsupported for a form that `lower` does not cover. */
  readonly infer: (inputs: Inputs, attributes: Attributes) => TensorSpec | TensorSpec[];
  readonly lower: (to: Lowering, node: GraphNode) => Lowered | readonly Lowered[];
}

export type KernelTable = Readonly<Record<string, Kernel>>;

/** A form of a kernel that is not covered; the message says which and what to use instead. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** The kernel, refusing every tensor that is not float32: tf.js truncates the others in ways that nobody means. */
export function onFloats(kernel: Kernel): Kernel {
  return {
    ...kernel,
    infer: (inputs, attributes) => {
      for (const { dtype } of Object.values(inputs)) {
        if (dtype !== "float32") throw new Unsupported(`it got ${dtype}; cast to float32 first.`);
      }
      return kernel.infer(inputs, attributes);
    },
  };
}

/** A whole table of them. */
export function allOnFloats(table: KernelTable): KernelTable {
  return Object.fromEntries(
    Object.entries(table).map(([name, kernel]) => [name, onFloats(kernel)]),
  );
}

/** tf.js's attributes are untyped; each kernel knows what its own are. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function attribute<T>(attributes: Attributes, name: string): T {
  return attributes[name] as T;
}
