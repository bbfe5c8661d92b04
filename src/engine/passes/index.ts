import type { Graph } from "../graph.ts";
import { shareCommonSubexpressions } from "./common-subexpressions.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseBias } from "./fuse-bias.ts";
import { packUpdates } from "./pack-updates.ts";
import { prune } from "./prune.ts";
import { simplify } from "./simplify.ts";

/**
 * The passes between a trace and its lowering, in order; each gives a graph that computes the same.
 *
 * @param options `fusesBias`: convolutions get their bias as an input, which tf.js's own kernel does not take.
 */
export function optimize(
  graph: Graph,
  { fusesBias = true }: { readonly fusesBias?: boolean } = {},
): Graph {
  const passes = [
    prune,
    simplify,
    foldConstants,
    simplify,
    shareCommonSubexpressions,
    packUpdates,
    ...(fusesBias ? [fuseBias] : []),
    prune,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
