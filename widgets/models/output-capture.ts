/** One output of a cell, in the notebook format. */
export type CellOutput = Readonly<Record<string, unknown>> & { readonly output_type: string };

/** What a kernel hands over of code that runs under capture. */
export interface OutputSink {
  text(stream: "stdout" | "stderr", text: string): void;
  /** A message of a cell's display: display_data, update_display_data, clear_output. */
  message(msgType: string, content: Readonly<Record<string, unknown>>): void;
}

/** Runs `body`; what it prints and displays, also after it awaited, goes to `sink` instead of the cell. */
export type CaptureOutput = <Result>(sink: OutputSink, body: () => Result) => Result;

/** Where the kernel leaves its `CaptureOutput`. */
export const captureOutputKey: unique symbol = Symbol.for("counterlab.captureOutput") as never;

/** The running kernel's capture; outside a kernel nothing is caught. */
export function currentCaptureOutput(): CaptureOutput {
  const kernel = (globalThis as { [captureOutputKey]?: CaptureOutput })[captureOutputKey];
  return kernel ?? ((_sink, body) => body());
}
