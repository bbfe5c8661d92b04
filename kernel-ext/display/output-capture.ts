import { AsyncLocalStorage } from "node:async_hooks";
import type { CaptureOutput, OutputSink } from "../../widgets/models/index.ts";

/** Where the output of the running code goes; widgets take it over for the code they run. */
export interface OutputCapture {
  readonly run: CaptureOutput;
  /** Who takes the output of the code that runs now; `undefined` when it belongs to its cell. */
  sink(): OutputSink | undefined;
}

/** Follows code through what it awaits; costs nothing before the first capture. */
export function createOutputCapture(): OutputCapture {
  let sinks: AsyncLocalStorage<OutputSink> | undefined;
  return {
    run(sink, body) {
      sinks ??= new AsyncLocalStorage();
      return sinks.run(sink, body);
    },
    sink: () => sinks?.getStore(),
  };
}
