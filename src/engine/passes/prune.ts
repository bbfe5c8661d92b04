import type { Graph, GraphNode, Value } from "../graph.ts";

/** Drops the nodes that no output and no assigned state depends on. Inputs and their order stay. */
export function prune(graph: Graph): Graph {
  const live = new Set<GraphNode>();
  const open: Value[] = [...Object.values(graph.outputs), ...Object.values(graph.inputs)];
  for (const { after } of graph.states) if (after !== undefined) open.push(after);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (live.has(value.node)) continue;
    live.add(value.node);
    for (const name in value.node.inputs) open.push(value.node.inputs[name]!);
  }
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => live.has(node)),
    // A variable that is assigned without being read stays: the run still has to store it.
    states: graph.states.filter(
      ({ before, after }) => live.has(before.node) || (after !== undefined && after !== before),
    ),
  };
}
