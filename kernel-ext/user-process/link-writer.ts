import { writeSync } from "node:fs";
import { encodeFrame, type FromUser } from "../protocol/index.ts";

/**
 * Writes messages to the supervisor synchronously, so that they leave while a cell blocks the event loop and
 * are complete when the process ends; a supervisor that is behind slows the cell down instead of filling memory.
 */
export class LinkWriter {
  readonly #fd: number;
  /** What is held, or left of a frame whose writing was cut off by an interrupt. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  send(message: FromUser): void {
    this.hold(message);
    this.flush();
  }

  /** Sends a message together with the next one. */
  hold(message: FromUser): void {
    const frame = encodeFrame(message);
    this.#rest = this.#rest.length === 0 ? frame : Buffer.concat([this.#rest, frame]);
  }

  /** Sends what is held. */
  flush(): void {
    this.#drain();
  }

  #drain(): void {
    while (this.#rest.length > 0) {
      try {
        this.#rest = this.#rest.subarray(writeSync(this.#fd, this.#rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
    }
  }
}
