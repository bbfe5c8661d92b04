import type { Graph, GraphNode, Inputs, Value } from "../graph.ts";
import { makeNode } from "../graph.ts";

/** Adds a node to the graph being written and returns it. */
export type Emit = (node: GraphNode) => GraphNode;

/**
 * Copies a graph node by node. `step` gets each node with its inputs already replaced (and as it was) and says what
 * stands for its outputs: the node's own after `emit(node)`, or other values.
 */
export function rewrite(
  graph: Graph,
  step: (node: GraphNode, emit: Emit, original: GraphNode) => readonly Value[],
): Graph {
  const replaced = new Map<Value, Value>();
  const nodes: GraphNode[] = [];
  const current = (value: Value) => replaced.get(value) ?? value;
  const emit: Emit = (node) => {
    nodes.push(node);
    return node;
  };
  for (const node of graph.nodes) {
    const moved = withInputs(node, current);
    const values = step(moved, emit, node);
    for (const [index, value] of node.outputs.entries()) replaced.set(value, values[index]!);
  }
  return {
    nodes,
    inputs: mapRecord(graph.inputs, current),
    outputs: mapRecord(graph.outputs, current),
    states: graph.states.map(({ id, before, after }) => ({
      id,
      before: current(before),
      after: after === undefined ? undefined : current(after),
    })),
  };
}

// Loops instead of chains of calls: passes meet tens of thousands of nodes, and half of a compilation is ours.
function withInputs(node: GraphNode, current: (value: Value) => Value): GraphNode {
  for (const name in node.inputs) {
    const value = node.inputs[name]!;
    if (current(value) === value) continue;
    return makeNode(node.op, mapRecord(node.inputs, current), node.attributes, node.outputs);
  }
  return node;
}

function mapRecord(values: Inputs, current: (value: Value) => Value): Record<string, Value> {
  const mapped: Record<string, Value> = {};
  for (const name in values) mapped[name] = current(values[name]!);
  return mapped;
}
