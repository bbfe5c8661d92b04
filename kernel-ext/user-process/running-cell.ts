import { createConsole, createDisplay, createProgress } from "../display/index.ts";
import type { Display, OutputCapture, Progress, StreamBatch, WriteText } from "../display/index.ts";
import type { Header, JsonObject } from "../protocol/index.ts";

/** What one execution of a cell owns: where its output goes, and what it hands to its code. */
export interface RunningCell {
  readonly parent: Header;
  readonly label: string;
  readonly cellId: string | undefined;
  readonly console: Console;
  readonly display: Display;
  readonly progress: Progress;
  readonly stop: AbortController;
  /** Output that answers later; the cell ends after it. */
  readonly pending: Set<Promise<void>>;
}

export interface CellOutputs {
  readonly streams: StreamBatch<Header | undefined>;
  readonly publish: (parent: Header, msgType: string, content: JsonObject) => void;
  readonly newDisplayId: () => string;
  readonly capture: OutputCapture;
}

export interface CellIdentity {
  readonly parent: Header;
  readonly label: string;
  readonly cellId: string | undefined;
}

/** Makes the console and the display of one cell: what they print belongs to it, however late. */
export function createRunningCell(
  { parent, label, cellId }: CellIdentity,
  { streams, publish, newDisplayId, capture }: CellOutputs,
): RunningCell {
  const pending = new Set<Promise<void>>();
  const display = createDisplay({
    publish: (msgType, content) => {
      const sink = capture.sink();
      if (sink === undefined) publish(parent, msgType, content);
      else sink.message(msgType, content);
    },
    newDisplayId,
    onPending: (promise) => {
      pending.add(promise);
      // The cell hears of a failure by awaiting; after the cell nobody does.
      promise.catch(() => undefined);
    },
  });
  const write: WriteText = (name, text) => {
    const sink = capture.sink();
    if (sink === undefined) streams.write(parent, name, text);
    else sink.text(name, text);
  };
  let console: Console | undefined;
  return {
    parent,
    label,
    cellId,
    pending,
    stop: new AbortController(),
    display,
    progress: createProgress(display),
    // Made when it is asked for, because it takes longer than a small cell.
    get console() {
      console ??= createConsole(write, {
        showTable(html, text) {
          display({ "text/html": html, "text/plain": text }, { raw: true });
        },
        clear() {
          display.clear();
        },
      });
      return console;
    },
  };
}
