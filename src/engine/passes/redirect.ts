import type { Graph, GraphNode, Value } from "../graph.ts";
import { makeNode } from "../graph.ts";

/**
 * A graph with more nodes, in which whatever used a value of `parts` uses what stands there for it. Nodes come in their old
 * order, each after what it needs.
 *
 * @returns Undefined when a node would need itself.
 */
export function redirect(
  graph: Graph,
  more: readonly GraphNode[],
  parts: ReadonlyMap<Value, Value>,
): Graph | undefined {
  const nodes: GraphNode[] = [];
  const copies = new Map<GraphNode, GraphNode>();
  const underWay = new Set<GraphNode>();
  const directed = (value: Value) => parts.get(value) ?? value;
  const current = (value: Value) => {
    const { node, index } = directed(value);
    // A variable that is assigned without being read has no node.
    return copies.get(node)?.outputs[index] ?? value;
  };
  const mapped = (values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, current(value)]));

  // With a stack of its own: graphs are thousands of nodes deep.
  const visit = (start: GraphNode): boolean => {
    const stack = [start];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const missing = Object.values(node.inputs)
        .map((value) => directed(value).node)
        .filter((needed) => !copies.has(needed));
      if (missing.length === 0 || copies.has(node)) {
        stack.pop();
        underWay.delete(node);
        if (copies.has(node)) continue;
        const inputs = mapped(node.inputs);
        const isSame = Object.entries(inputs).every(([name, value]) => value === node.inputs[name]);
        const copy = isSame ? node : makeNode(node.op, inputs, node.attributes, node.outputs);
        copies.set(node, copy);
        nodes.push(copy);
      } else {
        if (missing.some((needed) => underWay.has(needed))) return false;
        underWay.add(node);
        stack.push(...missing);
      }
    }
    return true;
  };

  const isReplaced = ({ outputs }: GraphNode) =>
    outputs.length > 0 && outputs.every((value) => parts.has(value));
  for (const node of [...graph.nodes.filter((node) => !isReplaced(node)), ...more]) {
    if (!visit(node)) return undefined;
  }
  return {
    nodes,
    inputs: mapped(graph.inputs),
    outputs: mapped(graph.outputs),
    states: graph.states.map(({ id, before, after }) => ({
      id,
      before: current(before),
      after: after === undefined ? undefined : current(after),
    })),
  };
}
