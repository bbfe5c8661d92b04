export { cellPaths } from "./cell-path.ts";
export { DebugAdapter } from "./debug-adapter.ts";
