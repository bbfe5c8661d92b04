export { Kernel, type KernelOptions } from "./kernel.ts";
