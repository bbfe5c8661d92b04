export { CellSources, type CellPosition } from "./cell-sources.ts";
export {
  createCellSupport,
  usingHelpers,
  type CellSupport,
  type ImportMetaLike,
} from "./cell-support.ts";
export { compileCell, type CompiledCell, type CompileOptions } from "./compile-cell.ts";
export { declaredNames, type DeclaredNames } from "./declared-names.ts";
export { GeneratorRun, type GeneratorRunOptions, type RunOutcome } from "./generator-run.ts";
export { InterruptedError } from "./interrupted-error.ts";
export { createRunInterruptible, type RunInterruptible } from "./interruptible.ts";
export { isComplete, type Completeness } from "./is-complete.ts";
export { supportName } from "./rewrite-cell.ts";
export { codeFrame, createStackFormatter, firstCellPlace } from "./stack-traces.ts";
export { CellSyntaxError } from "./syntax-error.ts";
