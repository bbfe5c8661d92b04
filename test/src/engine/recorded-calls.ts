import * as tf from "@tensorflow/tfjs-core";
import type { Attributes, GraphNode, TensorSpec } from "#src/engine/graph.ts";
import { trace } from "#src/engine/trace/trace.ts";
import { gradientCases } from "./gradient-cases.ts";
import { kernelCases } from "./kernel-cases.ts";

/** One call of a tf.js kernel that a test case makes. */
export interface RecordedCall {
  readonly op: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly attributes: Attributes;
  readonly outputs: readonly TensorSpec[];
  /** Whether the call was recorded while a gradient was traced. */
  readonly isInGradient: boolean;
}

const OURS = new Set(["Input", "State", "Constant", "Broadcast"]);

const specOf = ({ shape, dtype }: TensorSpec): TensorSpec => ({ shape, dtype });

function callOf(node: GraphNode, isInGradient: boolean): RecordedCall {
  return {
    op: node.op,
    inputs: Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) => [name, specOf(value)]),
    ),
    attributes: node.attributes,
    outputs: node.outputs.map(specOf),
    isInGradient,
  };
}

/** The kernels that a function calls, each with its shapes and attributes. */
export function callsOf(
  fn: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  inputs: Readonly<Record<string, tf.Tensor>>,
  isInGradient = false,
): RecordedCall[] {
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, specOf(tensor as TensorSpec)]),
  );
  const { graph } = trace(fn, specs);
  return graph.nodes.filter(({ op }) => !OURS.has(op)).map((node) => callOf(node, isInGradient));
}

/** Every different kernel call of the test cases, forward and gradient. */
export function recordedCalls(): RecordedCall[] {
  const calls = new Map<string, RecordedCall>();
  const add = (call: RecordedCall) => {
    const { isInGradient, ...rest } = call;
    const key = JSON.stringify(rest);
    const known = calls.get(key);
    if (known === undefined || (isInGradient && !known.isInGradient)) calls.set(key, call);
  };
  for (const make of Object.values(kernelCases)) {
    const { fn, inputs } = make();
    for (const call of callsOf(fn, inputs)) add(call);
  }
  for (const [fn, inputs] of Object.values(gradientCases)) {
    const names = inputs.map((_, index) => `x${index}`);
    const gradient = (given: Record<string, tf.Tensor>) => {
      const scalar = (...values: tf.Tensor[]) => tf.sum<tf.Scalar>(fn(...values));
      const gradients = tf.grads(scalar)(names.map((name) => given[name]!));
      return Object.fromEntries(gradients.map((value, index) => [names[index]!, value]));
    };
    const given = Object.fromEntries(inputs.map((input, index) => [names[index]!, input]));
    for (const call of callsOf(gradient, given, true)) add(call);
  }
  return [...calls.values()];
}
