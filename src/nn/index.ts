export { silu } from "../engine/index.ts";
export { adamState, applyAdam } from "./adam.ts";
export type { AdamOptions, AdamState } from "./adam.ts";
export { updateEma } from "./ema.ts";
export { reverseGradient, stopGradient } from "./gradient.ts";
export { fanInNormal, ones, scaledNormal, zeros } from "./initialisers.ts";
export {
  conv2d,
  dense,
  depthToSpace,
  groupNorm,
  layerNorm,
  spaceToDepth,
  upsample,
} from "./layers.ts";
export { frozen, ParameterError, ParameterStore } from "./parameters.ts";
export type { Initialiser, ParameterScope } from "./parameters.ts";
export { resblock } from "./resblock.ts";
export { emaDecayAt, learningRateAt } from "./schedule.ts";
export type { AttentionOptions } from "./transformer.ts";
export { selfAttention, transformerBlock } from "./transformer.ts";
