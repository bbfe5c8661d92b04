/** Name of the global symbol under which the user process keeps what a debugger calls there. */
export const debugSupportKey = "counterlab.debug";

/** Source map "URLs" of compiled scripts: V8 tells them to the debugger, who asks the user process for what they stand for. */
export const cellScriptMark = "counterlab:cell";
export const fileScriptMark = "counterlab:file";

/** What a compiled script was made from. */
export type ScriptOrigin =
  | { readonly kind: "cell"; readonly label: string; readonly source: string }
  | { readonly kind: "file"; readonly path: string };

/** A variable as the Debug Adapter Protocol has it. */
export interface DebugVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** Asks for what is inside; 0 when there is nothing. */
  readonly variablesReference: number;
  readonly evaluateName?: string;
}
