import {
  ancestorsOf,
  causalOrder,
  causesOf,
  descendantsOf,
  type CausalGraph,
} from "./causal-graph.ts";

/**
 * Whether the graph makes two variables independent once others are known (d-separation), by the moral graph of their
 * ancestors: Lauritzen et al. 1990.
 */
export function areSeparated(
  graph: CausalGraph,
  first: string,
  second: string,
  given: readonly string[] = [],
): boolean {
  causalOrder(graph);
  const relevant = ancestorsOf(graph, [first, second, ...given]);
  const neighbours = new Map([...relevant].map((name) => [name, new Set<string>()]));
  const join = (a: string, b: string) => {
    neighbours.get(a)!.add(b);
    neighbours.get(b)!.add(a);
  };
  for (const name of relevant) {
    const causes = causesOf(graph, name);
    causes.forEach((cause, at) => {
      join(cause, name);
      // Causes of one effect depend on each other once the effect is known.
      for (const other of causes.slice(at + 1)) join(cause, other);
    });
  }
  const blocked = new Set(given);
  if (blocked.has(first) || blocked.has(second)) return true;
  const seen = new Set([first]);
  const open = [first];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of neighbours.get(name)!) {
      if (next === second) return false;
      if (seen.has(next) || blocked.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return true;
}

/**
 * Which observed variables must be adjusted for, so that what is seen of treatment and outcome is what treatment does: a
 * smallest set (none of its members can be left out) that blocks every back door, Pearl 2009, section 3.3. The search starts from all
 * observed ancestors, which suffice if anything does: van der Zander et al. 2014.
 *
 * @returns `undefined` where no set of observed variables will do: then no weighting of the data can help.
 *
 * @example
 * ```ts
 * import { adjustmentSet } from "counterlab";
 *
 * const graph = { severity: [], treatment: ["severity"], recovery: ["treatment", "severity"] };
 * const question = { treatment: "treatment", outcome: "recovery" };
 * console.log(adjustmentSet(graph, { ...question, observed: ["severity"] })); // [ 'severity' ]
 * console.log(adjustmentSet(graph, { ...question, observed: [] })); // undefined
 * ```
 */
export function adjustmentSet(
  graph: CausalGraph,
  {
    treatment,
    outcome,
    observed,
  }: { readonly treatment: string; readonly outcome: string; readonly observed: readonly string[] },
): string[] | undefined {
  const effects = descendantsOf(graph, [treatment]);
  const candidates = [...ancestorsOf(graph, [treatment, outcome])].filter(
    (name) => observed.includes(name) && !effects.has(name) && name !== outcome,
  );
  const backDoors = Object.fromEntries(
    Object.entries(graph).map(([name, causes]) => [
      name,
      causes.filter((cause) => cause !== treatment),
    ]),
  );
  const suffices = (set: readonly string[]) => areSeparated(backDoors, treatment, outcome, set);
  if (!suffices(candidates)) return undefined;
  let set = candidates;
  for (const name of candidates) {
    const without = set.filter((other) => other !== name);
    if (suffices(without)) set = without;
  }
  return set;
}
