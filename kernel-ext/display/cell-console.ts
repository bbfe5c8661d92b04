import { Console } from "node:console";
import { Writable } from "node:stream";
import type { StreamName } from "./stream-batch.ts";
import { tableHtml, tableOf, type Table } from "./table.ts";

export type WriteText = (name: StreamName, text: string) => void;

/** What a console can do on a page beside writing text. */
export interface ConsolePage {
  /** Shows a table, with the text that a terminal would get. */
  readonly showTable: (html: string, text: string) => void;
  readonly clear: () => void;
}

/** Methods that write their arguments with `inspect`. */
const writing = ["log", "info", "debug", "warn", "error", "trace", "dir", "group"] as const;

/** A console whose text goes to one cell: objects in colour, unless NO_COLOR is set, texts and numbers as they are. */
export function createConsole(write: WriteText, page?: ConsolePage): Console {
  let isColoured = false;
  // Only `write` is ever called when errors are not ignored; a whole stream per cell would cost more than the cell.
  const stream = (name: StreamName): never =>
    ({
      write(text: string) {
        write(name, text);
      },
      // Asked anew for each line.
      get isTTY() {
        return isColoured;
      },
      getColorDepth: () => 4,
    }) as never;
  const console = new Console({
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    ignoreErrors: false,
  });
  for (const method of writing) {
    const plain = console[method].bind(console) as (...values: unknown[]) => void;
    console[method] = (...values: unknown[]) => {
      // Whoever reads a printed number back must not meet an escape sequence.
      isColoured = values.some(isObject) && (process.env["NO_COLOR"] ?? "") === "";
      try {
        plain(...values);
      } finally {
        isColoured = false;
      }
    };
  }
  if (page !== undefined) {
    console.table = (data: unknown, columns?: readonly string[]) => {
      showTable(tableOf(data, columns), data, columns);
    };
    console.clear = page.clear;
  }
  return console;

  function showTable(
    table: Table | undefined,
    data: unknown,
    columns: readonly string[] | undefined,
  ): void {
    if (table === undefined) console.log(data);
    else page!.showTable(tableHtml(table), tableText(data, columns));
  }
}

function isObject(value: unknown): boolean {
  return (
    (typeof value === "object" && value !== null && !(value instanceof Error)) ||
    typeof value === "function"
  );
}

/** The table that a terminal would show. */
function tableText(data: unknown, columns: readonly string[] | undefined): string {
  let text = "";
  const write = (_name: StreamName, piece: string): void => {
    text += piece;
  };
  createConsole(write).table(data, columns);
  return text.trimEnd();
}

/** A stand-in for `process.stdout` or `process.stderr`. */
export function createTextStream(name: StreamName, fd: number, write: WriteText): Writable {
  const decoder = new TextDecoder();
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: Uint8Array | string, _encoding, callback) {
      write(name, typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      callback();
    },
  });
  return Object.assign(stream, { fd, isTTY: false, columns: 80, rows: 24 });
}
