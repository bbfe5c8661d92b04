export {
  createConsole,
  createTextStream,
  type ConsolePage,
  type WriteText,
} from "./cell-console.ts";
export { currentDisplayKey } from "./current-display.ts";
export {
  createDisplay,
  type Display,
  type DisplayChannel,
  type DisplayHandle,
  type DisplayOptions,
} from "./display-function.ts";
export { displayIdOf, displayMethod, mimeBundle, type MimeBundle } from "./mime-bundle.ts";
export { createOutputCapture, type OutputCapture } from "./output-capture.ts";
export { createProgress, type Progress, type ProgressOptions } from "./progress.ts";
export { StreamBatch, type StreamName } from "./stream-batch.ts";
