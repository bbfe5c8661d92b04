import type { Graph, Value } from "../graph.ts";
import { spellNumber } from "../spell-graph.ts";
import { rewrite } from "./rewrite.ts";

/** Computes once what is written twice: nodes of one operation, equal inputs and equal attributes. */
export function shareCommonSubexpressions(graph: Graph): Graph {
  const seen = new Map<string, readonly Value[]>();
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  };
  return rewrite(graph, (node, emit) => {
    if (node.op === "Input" || node.op === "State") return emit(node).outputs;
    const { constant } = node.attributes;
    if (constant !== undefined && "data" in (constant as object)) return emit(node).outputs;
    // By hand, since there are thousands: only attributes need JSON.
    let key = `${node.op} ${JSON.stringify(node.attributes, spellNumber)}`;
    for (const name in node.inputs) key += ` ${name}:${numberOf(node.inputs[name]!)}`;
    for (const { shape, dtype } of node.outputs) key += ` ${dtype}[${shape.join()}]`;
    const known = seen.get(key);
    if (known !== undefined) return known;
    const { outputs } = emit(node);
    seen.set(key, outputs);
    return outputs;
  });
}
