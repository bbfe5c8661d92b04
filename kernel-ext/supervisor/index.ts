export { isRunning } from "./is-running.ts";
export { Kernel, type KernelOptions } from "./kernel.ts";
