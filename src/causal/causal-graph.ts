import { CausalError } from "./causal-error.ts";

/** A causal graph as data: each variable with its direct causes. */
export type CausalGraph = Readonly<Record<string, readonly string[]>>;

/**
 * The variables in an order in which causes come before their effects.
 *
 * @throws CausalError for a cause that is no variable of the graph, and for a cycle.
 */
export function causalOrder(graph: CausalGraph): string[] {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (name: string, path: readonly string[]) => {
    if (state.get(name) === "done") return;
    const here = [...path, name];
    if (state.get(name) === "open") {
      throw new CausalError(
        `The graph has a cycle: ${here.slice(here.indexOf(name)).join(" <- ")}.`,
        "A cause must not be its own effect: take one of these edges out.",
      );
    }
    state.set(name, "open");
    for (const cause of causesOf(graph, name)) visit(cause, here);
    state.set(name, "done");
    order.push(name);
  };
  for (const name of Object.keys(graph)) visit(name, []);
  return order;
}

/** The given variables and all their direct and indirect causes. */
export function ancestorsOf(graph: CausalGraph, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...causesOf(graph, name));
  }
  return found;
}

/** The given variables and all their direct and indirect effects. */
export function descendantsOf(graph: CausalGraph, names: readonly string[]): Set<string> {
  for (const name of names) causesOf(graph, name);
  const found = new Set(names);
  for (const name of causalOrder(graph)) {
    if (causesOf(graph, name).some((cause) => found.has(cause))) found.add(name);
  }
  return found;
}

/** The direct causes of a variable. @throws CausalError when the graph has no such variable. */
export function causesOf(graph: CausalGraph, name: string): readonly string[] {
  const causes = Object.hasOwn(graph, name) ? graph[name] : undefined;
  if (causes !== undefined) return causes;
  throw new CausalError(
    `The graph has no variable "${name}".`,
    `It has: ${Object.keys(graph).join(", ")}.`,
  );
}
