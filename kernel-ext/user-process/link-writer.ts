import { writeSync } from "node:fs";
import { encodeFrame, type FromUser } from "../protocol/index.ts";

/**
 * Writes messages to the supervisor synchronously, so that they leave while a cell blocks the event loop and
 * are complete when the process ends; a supervisor that is behind slows the cell down instead of filling memory.
 */
export class LinkWriter {
  readonly #fd: number;
  /** What is left of a frame whose writing was cut off by an interrupt. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  send(message: FromUser): void {
    const frame = encodeFrame(message);
    this.#drain();
    this.#rest = frame;
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
