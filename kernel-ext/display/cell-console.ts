import { Console } from "node:console";
import { Writable } from "node:stream";
import type { StreamName } from "./stream-batch.ts";

export type WriteText = (name: StreamName, text: string) => void;

/** A console whose text goes to one cell. */
export function createConsole(write: WriteText): Console {
  // Only `write` is ever called when errors are not ignored; a whole stream per cell would cost more than the cell.
  const stream = (name: StreamName): never =>
    ({
      write(text: string) {
        write(name, text);
      },
    }) as never;
  return new Console({
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    ignoreErrors: false,
    colorMode: false,
  });
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
