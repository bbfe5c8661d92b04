import * as tf from "@tensorflow/tfjs-core";
import type { GraphNode, TensorSpec, Value } from "../graph.ts";
import { constantOf, sizeOf } from "../graph.ts";

type Numbers = Float32Array | Int32Array | Uint8Array;

interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: string, values: Numbers): tf.TensorInfo;
  readSync(dataId: object): Numbers;
  disposeData(dataId: object): boolean;
}

/**
 * Computes a node of constants with tf.js's own cpu kernel.
 *
 * @param shapeOf The shape under which to give each input; its own when omitted.
 * @returns The elements of the first output, or undefined when the cpu backend lacks the kernel.
 */
export function evaluate(
  node: GraphNode,
  shapeOf: (value: Value) => readonly number[] = (value) => value.shape,
): Numbers | undefined {
  const kernel = tf.getKernel(node.op, "cpu") as tf.KernelConfig | undefined;
  const backend = tf.engine().findBackend("cpu") as unknown as CpuBackend | null;
  if (kernel === undefined || backend === null) return undefined;
  const infos = Object.entries(node.inputs).map(([name, value]): [string, tf.TensorInfo] => {
    const shape = shapeOf(value);
    return [name, backend.makeTensorInfo([...shape], value.dtype, elements(value, shape))];
  });
  const isList = node.inputs["0"] !== undefined;
  const inputs = isList ? infos.map(([, info]) => info) : Object.fromEntries(infos);
  const outputs = kernel.kernelFunc({
    inputs: inputs as tf.NamedTensorInfoMap,
    attrs: node.attributes as never,
    backend,
  });
  const results = Array.isArray(outputs) ? outputs : [outputs];
  const data = backend.readSync(results[0]!.dataId).slice();
  for (const info of [...infos.map(([, input]) => input), ...results]) {
    backend.disposeData(info.dataId);
  }
  return data;
}

function elements(value: Value, shape: readonly number[]): Numbers {
  const constant = constantOf(value)!;
  return "data" in constant ? constant.data : filled(constant.fill, { ...value, shape });
}

function filled(fill: number, { shape, dtype }: TensorSpec): Numbers {
  const size = sizeOf(shape);
  if (dtype === "float32") return new Float32Array(size).fill(fill);
  return dtype === "int32" ? new Int32Array(size).fill(fill) : new Uint8Array(size).fill(fill);
}
