export { CellSources, type CellPosition } from "./cell-sources.ts";
export {
  createCellSupport,
  type CellSupport,
  type ImportMetaLike,
  type MagicSupport,
  type ShellPart,
} from "./cell-support.ts";
export { compileCell, shadowName, type CompiledCell, type CompileOptions } from "./compile-cell.ts";
export { compilerHelpers } from "./compiler-helpers.ts";
export { findTsconfig, readNotebookSettings, type NotebookSettings } from "./notebook-settings.ts";
export { declaredNames, type DeclaredNames } from "./declared-names.ts";
export { GeneratorRun, type GeneratorRunOptions, type RunOutcome } from "./generator-run.ts";
export { InterruptedError } from "./interrupted-error.ts";
export { createRunInterruptible, type RunInterruptible } from "./interruptible.ts";
export { isComplete, type Completeness } from "./is-complete.ts";
export type { EmitSettings } from "./strip-types.ts";
export {
  cellMagics,
  lineMagics,
  MagicError,
  unknownMagic,
  type MagicDescription,
} from "./magic-names.ts";
export { readMagics, type CellMagic, type MagicCell, type MagicOptions } from "./magics.ts";
export { supportName } from "./rewrite-cell.ts";
export { codeFrame, createStackFormatter, firstCellPlace, type FilePlace } from "./stack-traces.ts";
export { CellSyntaxError } from "./syntax-error.ts";
export { moduleName } from "./module-cell.ts";
