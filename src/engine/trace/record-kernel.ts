import { UncoveredKernelError } from "../errors.ts";
import type { Attributes, GraphNode, Inputs } from "../graph.ts";
import { makeNode } from "../graph.ts";
import { alternativeTo } from "../kernels/alternatives.ts";
import { kernels } from "../kernels/index.ts";
import { Unsupported } from "../kernels/kernel.ts";
import { callSite } from "./call-site.ts";

/** Makes the node of one tf.js kernel call, with the shapes and types of its outputs. */
export function recordKernel(name: string, inputs: Inputs, attributes: Attributes): GraphNode {
  const kernel = kernels[name];
  if (kernel === undefined) {
    throw new UncoveredKernelError(
      name,
      `The tf.js kernel ${name} cannot be compiled. ${alternativeTo(name)} (docs/engine-coverage.md lists what can.)`,
      callSite(),
    );
  }
  try {
    const specs = kernel.infer(inputs, attributes);
    return makeNode(name, inputs, attributes, Array.isArray(specs) ? specs : [specs]);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    throw new UncoveredKernelError(
      name,
      `The tf.js kernel ${name} cannot be compiled in this form: ${error.message}`,
      callSite(),
    );
  }
}
