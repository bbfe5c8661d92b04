export type DType = "float32" | "int32" | "bool";

/** What is known of a tensor before it is computed. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** One output of one node. */
export interface Value extends TensorSpec {
  readonly node: GraphNode;
  readonly index: number;
}

export type Attributes = Readonly<Record<string, unknown>>;
export type Inputs = Readonly<Record<string, Value>>;

/**
 * One operation: a tf.js kernel under its own name, or one of ours: "Input", "State", "Constant"
 * (attributes: `constant`), "Broadcast" (attributes: none; repeats `x` up to the output's shape).
 */
export interface GraphNode {
  readonly op: string;
  /** By tf.js's input names; a list of tensors (Concat, Pack) has the names "0", "1", ... */
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/** A number repeated over the whole shape, or every element in row-major order. */
export type Constant =
  { readonly fill: number } | { readonly data: Float32Array | Int32Array | Uint8Array };

/** A tf.Variable inside a graph: the value before the run and, when the function assigns it, after. */
export interface GraphState {
  readonly id: number;
  readonly before: Value;
  readonly after: Value | undefined;
}

export interface Graph {
  /** In an order in which every node follows its inputs. */
  readonly nodes: readonly GraphNode[];
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly states: readonly GraphState[];
}

/** Makes a node together with its output values. */
export function makeNode(
  op: string,
  inputs: Inputs,
  attributes: Attributes,
  outputs: readonly TensorSpec[],
): GraphNode {
  const values: Value[] = [];
  const node: GraphNode = { op, inputs, attributes, outputs: values };
  for (const [index, { shape, dtype }] of outputs.entries()) {
    values.push({ node, index, shape, dtype });
  }
  return node;
}

export function makeConstant(constant: Constant, spec: TensorSpec): GraphNode {
  return makeNode("Constant", {}, { constant }, [spec]);
}

/** The number that a constant value repeats, or undefined when the value is anything else. */
export function uniformFill(value: Value): number | undefined {
  const constant = constantOf(value);
  return constant !== undefined && "fill" in constant ? constant.fill : undefined;
}

export function constantOf(value: Value): Constant | undefined {
  return value.node.op === "Constant" ? (value.node.attributes["constant"] as Constant) : undefined;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** Node counts by operation, most frequent first. */
export function countByOp(graph: Graph): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { op } of graph.nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}
