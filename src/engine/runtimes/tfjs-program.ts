import type * as tfjs from "@tensorflow/tfjs-core";
import type { Constant, TensorSpec } from "../graph.ts";
import type { FlatNode, FlatValue, GraphWork } from "./messages.ts";

type Tf = typeof tfjs;
type Tensor = tfjs.Tensor;

/** A program that tf.js runs, kernel by kernel. */
export interface TfjsProgram {
  /**
   * Runs once.
   *
   * @param ports The tensors that come in, by port; they stay the caller's.
   * @param onKernel Told of each kernel when it has returned.
   * @returns New tensors, the caller's to dispose, by port.
   */
  run(
    ports: ReadonlyMap<string, Tensor>,
    onKernel?: (node: FlatNode, place: number, ms: number) => void,
  ): Map<string, Tensor>;
  dispose(): void;
}

const GIVEN = new Set(["Input", "State", "Constant"]);

/**
 * Makes a program ready: its constants become tensors, and every tensor between is freed after its last use.
 *
 * @throws Error when the backend lacks one of its kernels.
 */
export function prepareProgram(tf: Tf, { nodes, results }: GraphWork): TfjsProgram {
  const backend = tf.getBackend();
  const isKnown = (op: string) =>
    GIVEN.has(op) || op === "Broadcast" || Boolean(tf.getKernel(op, backend));
  const missing = new Set(nodes.map(({ op }) => op).filter((op) => !isKnown(op)));
  if (missing.size > 0) {
    throw new Error(
      `The tf.js backend "${backend}" has no kernel ${[...missing].join(", ")}; use the device "cpu".`,
    );
  }
  const constants = new Map(
    nodes.flatMap(({ op, attributes, outputs }, place) =>
      op === "Constant"
        ? [[place, makeConstant(tf, attributes["constant"] as Constant, outputs[0]!)]]
        : [],
    ),
  );
  const dying = lastUses(nodes, Object.values(results));

  const run: TfjsProgram["run"] = (ports, onKernel) => {
    const values: (readonly Tensor[])[] = [];
    const valueAt = ([node, output]: FlatValue) => values[node]![output]!;
    // Frees what is left over, also when a kernel throws.
    const made = tf.tidy(() => {
      for (const [place, node] of nodes.entries()) {
        const { op, attributes } = node;
        if (op === "Constant") values.push([constants.get(place)!]);
        else if (GIVEN.has(op)) values.push([ports.get(attributes["name"] as string)!]);
        else {
          const begin = performance.now();
          values.push(compute(tf, node, valueAt));
          onKernel?.(node, place, performance.now() - begin);
        }
        for (const value of dying[place]!) valueAt(value).dispose();
      }
      // Copies: a result may be one of the tensors that came in, or be given out twice.
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, tf.clone(valueAt(value))]),
      );
    });
    return new Map(Object.entries(made));
  };
  return {
    run,
    dispose: () => {
      for (const tensor of constants.values()) tensor.dispose();
    },
  };
}

function makeConstant(tf: Tf, constant: Constant, { shape, dtype }: TensorSpec): Tensor {
  if ("fill" in constant) return tf.fill([...shape], constant.fill, dtype);
  return tf.tensor(constant.data, [...shape], dtype);
}

function compute(
  tf: Tf,
  { op, inputs, attributes, outputs }: FlatNode,
  valueAt: (value: FlatValue) => Tensor,
): readonly Tensor[] {
  const given = Object.entries(inputs).map(([name, value]) => [name, valueAt(value)] as const);
  if (op === "Broadcast") return [tf.broadcastTo(given[0]![1], [...outputs[0]!.shape])];
  const isList = inputs["0"] !== undefined;
  const tensors = isList ? given.map(([, tensor]) => tensor) : Object.fromEntries(given);
  const made: Tensor | Tensor[] = tf.engine().runKernel(op, tensors as never, attributes as never);
  return Array.isArray(made) ? made : [made];
}

/** By node, the computed values that nobody reads after it. */
function lastUses(nodes: readonly FlatNode[], kept: readonly FlatValue[]): FlatValue[][] {
  const isKept = new Set(kept.map(String));
  const last = new Map<string, readonly [place: number, value: FlatValue]>();
  for (const [place, { op, inputs, outputs }] of nodes.entries()) {
    if (!GIVEN.has(op)) {
      for (const output of outputs.keys())
        last.set(String([place, output]), [place, [place, output]]);
    }
    for (const value of Object.values(inputs)) {
      if (!GIVEN.has(nodes[value[0]]!.op)) last.set(String(value), [place, value]);
    }
  }
  const dying = nodes.map((): FlatValue[] => []);
  for (const [key, [place, value]] of last) if (!isKept.has(key)) dying[place]!.push(value);
  return dying;
}
