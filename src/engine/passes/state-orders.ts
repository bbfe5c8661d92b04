import type { Graph, Value } from "../graph.ts";

const FILTER_ORDER = [3, 2, 0, 1]; // OIHW in memory for tf.js's HWIO
// What combines values of one shape element by element, whichever way they lie.
const ELEMENTWISE =
  /^(Add|Sub|Multiply|RealDiv|Maximum|Minimum|Square|Sqrt|Neg|Abs|Sign|Select|ClipByValue)$/;

/**
 * Chooses the memory order of each state, by id: OIHW for convolution filters, and for all that meets them element by
 * element (gradients, an optimizer's moments, averages), so that no step transposes them. Others stay as tf.js has them.
 */
export function stateOrders(graph: Graph): Map<number, readonly number[]> {
  const parent = new Map<Value, Value>();
  const rootOf = (value: Value): Value => {
    let root = value;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    return root;
  };
  const join = (a: Value, b: Value) => {
    const [left, right] = [rootOf(a), rootOf(b)];
    if (left !== right) parent.set(left, right);
  };
  const filters: Value[] = [];

  for (const { op, inputs, outputs } of graph.nodes) {
    const output = outputs[0]!;
    if (/^(Conv2D|Conv2DBackpropInput|FusedConv2D)$/.test(op)) filters.push(inputs["filter"]!);
    if (op === "Conv2DBackpropFilter") filters.push(output);
    if (output.shape.length !== 4 || !ELEMENTWISE.test(op)) continue;
    for (const input of Object.values(inputs)) {
      if (input.shape.join() === output.shape.join()) join(input, output);
    }
  }
  for (const { before, after } of graph.states) if (after !== undefined) join(before, after);

  const filterRoots = new Set(filters.map(rootOf));
  const orders = new Map<number, readonly number[]>();
  for (const { id, before } of graph.states) {
    if (filterRoots.has(rootOf(before))) orders.set(id, FILTER_ORDER);
  }
  return orders;
}
