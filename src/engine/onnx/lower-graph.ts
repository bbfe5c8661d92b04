import type { Constant, Graph, GraphNode, TensorSpec } from "../graph.ts";
import { kernels } from "../kernels/index.ts";
import type { Lowered } from "./lowering.ts";
import { Lowering } from "./lowering.ts";
import { identityPerm } from "./layout.ts";

/** A tensor at the border of a program. */
export interface Port extends TensorSpec {
  readonly name: string;
}

/** A variable at the border: stored in memory order `perm`, read as `before`, written as `after`. */
export interface StatePort extends TensorSpec {
  readonly id: number;
  readonly perm: readonly number[];
  /** Undefined when the run only writes it. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A graph in ONNX, and the names under which its tensors go in and out. */
export interface OnnxProgram {
  readonly model: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly states: readonly StatePort[];
  /** Inputs of type int64 that are the same in every run. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly nodeTypes: readonly string[];
  /** Whether a convolution or product has weights that no run changes. */
  readonly hasFixedWeights: boolean;
}

/**
 * Says a graph in ONNX. `statePerm` gives the memory order in which a variable is stored; `options` are those of
 * `Lowering`.
 */
export function lowerGraph(
  graph: Graph,
  statePerm: (id: number, shape: readonly number[]) => readonly number[],
  options: { readonly hidesLargeShapes?: boolean; readonly isPlain?: boolean } = {},
): OnnxProgram {
  const to = new Lowering(options);
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const states: StatePort[] = [];

  const port = (name: string, { shape, dtype }: TensorSpec): Port => ({ name, shape, dtype });
  const declare = (node: GraphNode): Lowered => {
    const value = node.outputs[0]!;
    if (node.op === "Input") {
      const input = port(
        `${options.isPlain === true ? "" : "input:"}${node.attributes["name"] as string}`,
        value,
      );
      inputs.push(input);
      return to.plain(to.builder.input(input.name, input.dtype, input.shape), value);
    }
    const id = node.attributes["id"] as number;
    const perm = statePerm(id, value.shape);
    const name = `state:${id}`;
    const dims = perm.map((axis) => value.shape[axis]!);
    return to.ordered(to.builder.input(name, value.dtype, dims), value, perm);
  };

  for (const node of graph.nodes) {
    const value = node.outputs[0]!;
    if (node.op === "Input" || node.op === "State") {
      to.set(value, declare(node));
    } else if (node.op === "Constant") {
      to.set(value, lowerConstant(to, node.attributes["constant"] as Constant, value));
    } else {
      to.builder.origin = node.op;
      const lowered = kernels[node.op]!.lower(to, node);
      const list = Array.isArray(lowered) ? (lowered as Lowered[]) : [lowered as Lowered];
      for (const [index, output] of node.outputs.entries()) to.set(output, list[index]!);
    }
  }
  to.builder.origin = "edge";
  for (const [name, value] of Object.entries(graph.outputs)) {
    const output = port(`${options.isPlain === true ? "" : "output:"}${name}`, value);
    outputs.push(output);
    to.builder.output(output.name, output.dtype, output.shape, to.inOrder(to.get(value)));
  }
  for (const { id, before, after } of graph.states) {
    const { shape, dtype } = before;
    const perm = statePerm(id, shape);
    const name = after === undefined ? undefined : `next:${id}`;
    if (after !== undefined && name !== undefined) {
      const dims = perm.map((axis) => shape[axis]!);
      to.builder.output(name, dtype, dims, to.inOrder(to.get(after), perm));
    }
    const read = to.builder.hasInput(`state:${id}`) ? `state:${id}` : undefined;
    states.push({ id, shape, dtype, perm, before: read, after: name });
  }
  return {
    model: to.builder.encode(),
    inputs,
    outputs,
    states,
    shapes: to.builder.shapes,
    nodeTypes: to.builder.nodeTypes,
    hasFixedWeights: to.builder.hasFixedWeights,
  };
}

function lowerConstant(to: Lowering, constant: Constant, spec: TensorSpec): Lowered {
  const { shape, dtype } = spec;
  if ("data" in constant) {
    return to.plain(to.builder.constant(dtype, shape, constant.data), spec);
  }
  const dims = shape.map(() => 1);
  const data = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  const name = to.builder.constant(dtype, dims, data.of(constant.fill));
  return { name, shape, dtype, perm: identityPerm(shape.length), dims };
}
