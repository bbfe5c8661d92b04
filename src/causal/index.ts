export { adjustmentSet, areSeparated } from "./adjustment-set.ts";
export { carryResidual, RESIDUAL_POLICIES } from "./carry-residual.ts";
export type { ResidualPolicy } from "./carry-residual.ts";
export { CausalError } from "./causal-error.ts";
export { ancestorsOf, causalOrder, descendantsOf } from "./causal-graph.ts";
export type { CausalGraph } from "./causal-graph.ts";
export { createCausalModel } from "./causal-model.ts";
export type {
  Abduction,
  CausalModel,
  CounterfactualWorld,
  MechanismsFor,
  NoiseOf,
  ValuesOf,
} from "./causal-model.ts";
export { additive, fixed, root } from "./mechanism.ts";
export type { Mechanism } from "./mechanism.ts";
