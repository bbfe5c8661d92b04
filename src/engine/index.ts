export { createRuntime } from "./create-runtime.ts";
export type { Device } from "./create-runtime.ts";
export {
  DeviceError,
  RunInputError,
  RuntimeFailure,
  TraceError,
  UncoveredKernelError,
} from "./errors.ts";
export { CUDA_COMMAND, cudaProblems } from "./runtimes/cuda.ts";
export { findTfjs } from "./runtimes/find-tfjs.ts";
export type { TfjsPackage } from "./runtimes/find-tfjs.ts";
export { examineDevices } from "./examine-devices.ts";
export type { DeviceFinding } from "./examine-devices.ts";
export { explain } from "./explain.ts";
export type { Explanation } from "./explain.ts";
export { groupNorm, silu } from "./fused.ts";
export { gradientThroughSteps } from "./gradient-through-steps.ts";
export type {
  GradientThroughSteps,
  Steps,
  StepsInputs,
  StepsResult,
} from "./gradient-through-steps.ts";
export type { DType, TensorSpec } from "./graph.ts";
export type { InputSpec, Program, ProgramStatistics, RunInputs, RunOutput } from "./program.ts";
export type { Profile, ProfiledNode } from "./runtimes/messages.ts";
export type { Key } from "./random.ts";
export { bits, foldIn, key, normal, permutation, randint, split, uniform } from "./random.ts";
export type { Runtime } from "./runtime.ts";
export type { TracedFunction } from "./trace/trace.ts";
