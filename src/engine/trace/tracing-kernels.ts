import * as tf from "@tensorflow/tfjs-core";
import { kernels } from "../kernels/index.ts";
import type { TracingBackend } from "./tracing-backend.ts";

type Tracer = Pick<TracingBackend, "run">;

/** Under this name tf.js finds the kernels that record. No underscore: tf.js splits its registry keys there. */
export const TRACING_BACKEND_NAME = "counterlab-trace";

/**
 * Registers a recording kernel for every kernel name that tf.js knows, so that one we do not cover meets our error
 * (with the user's line) and not tf.js's. Registering twice does nothing.
 */
export function registerTracingKernels(): void {
  const names = new Set([...Object.keys(kernels), ...tfKernelNames()]);
  for (const kernelName of names) {
    if ((tf.getKernel(kernelName, TRACING_BACKEND_NAME) as unknown) !== undefined) continue;
    tf.registerKernel({
      kernelName,
      backendName: TRACING_BACKEND_NAME,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const tracer = backend as unknown as Tracer;
        const outputs = tracer.run(kernelName, inputs as never, attrs ?? {});
        const infos = outputs as unknown as tf.TensorInfo[];
        return isList(kernelName) ? infos : infos[0]!;
      },
    });
  }
}

/** Every kernel name that tf.js knows. */
// tf.js exports each kernel's name as a string constant that equals its own identifier.
export function tfKernelNames(): string[] {
  return Object.entries(tf)
    .filter(([name, value]) => typeof value === "string" && value === name && /^_?[A-Z]/.test(name))
    .map(([name]) => name)
    .concat("_FusedMatMul");
}

// These return an array even when it holds one tensor.
function isList(kernelName: string): boolean {
  return ["SplitV", "Unpack", "TopK"].includes(kernelName);
}
