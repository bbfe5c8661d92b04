import type { Graph } from "../graph.ts";
import { shareCommonSubexpressions } from "./common-subexpressions.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseBias } from "./fuse-bias.ts";
import { prune } from "./prune.ts";
import { simplify } from "./simplify.ts";

/** The passes between a trace and its lowering, in order; each gives a graph that computes the same. */
export function optimize(graph: Graph): Graph {
  const passes = [
    prune,
    simplify,
    foldConstants,
    simplify,
    shareCommonSubexpressions,
    fuseBias,
    prune,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
