import { readSync } from "node:fs";
import { Socket } from "node:net";
// Imported, because a cell may replace the globals, e.g. by a fake clock.
import { setImmediate } from "node:timers";
import { FrameDecoder, type ToUser } from "../protocol/index.ts";

export interface OrdersOptions {
  readonly fd: number;
  readonly handle: (order: ToUser) => void;
  /** Told of an order whose handling was terminated in the middle. */
  readonly onTerminated: (order: ToUser) => void;
  /** Called when the supervisor is gone. */
  readonly onEnd: () => void;
}

/** Longest time between two looks at the pipe while a cell blocks. */
const pollMs = 5;

/** What the supervisor orders, one after the other; a cell that blocks may look out for one order itself. */
export class Orders {
  readonly #options: OrdersOptions;
  readonly #decoder = new FrameDecoder();
  readonly #waiting: ToUser[] = [];
  #handling: ToUser | undefined;
  #isScheduled = false;

  constructor(options: OrdersOptions) {
    this.#options = options;
    const socket = new Socket({ fd: options.fd, readable: true, writable: false });
    socket.on("data", (chunk) => {
      this.#push(chunk);
      this.#schedule();
    });
    socket.on("close", options.onEnd);
  }

  /** Blocks the event loop until `pick` takes an order; the others wait. */
  waitFor<Picked>(pick: (order: ToUser) => Picked | undefined): Picked {
    const buffer = Buffer.alloc(64 * 1024);
    const clock = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    // Here and not at the end, because whoever waits may be terminated.
    this.#schedule();
    for (let seen = 0; ;) {
      for (; seen < this.#waiting.length; seen += 1) {
        const picked = pick(this.#waiting[seen]!);
        if (picked === undefined) continue;
        this.#waiting.splice(seen, 1);
        return picked;
      }
      const chunk = readAvailable(this.#options.fd, buffer);
      if (chunk === undefined) Atomics.wait(clock, 0, 0, pollMs);
      else if (chunk.length === 0) this.#options.onEnd();
      else this.#push(chunk);
    }
  }

  #push(chunk: Buffer): void {
    this.#waiting.push(...(this.#decoder.push(chunk) as ToUser[]));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // One fresh callback an order: if user code is terminated in one, the others still run.
    setImmediate(() => {
      this.#handleNext();
    });
  }

  #handleNext(): void {
    this.#isScheduled = false;
    // Still set: the handler before this was terminated in the middle.
    if (this.#handling !== undefined) this.#options.onTerminated(this.#handling);
    this.#handling = this.#waiting.shift();
    if (this.#waiting.length > 0) this.#schedule();
    if (this.#handling !== undefined) this.#options.handle(this.#handling);
    this.#handling = undefined;
  }
}

/** What the pipe holds now: `undefined` for nothing yet, an empty buffer for its end. */
function readAvailable(fd: number, buffer: Buffer): Buffer | undefined {
  try {
    return Buffer.from(buffer.subarray(0, readSync(fd, buffer)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN" || code === "EINTR") return undefined;
    if (code === "EOF") return Buffer.alloc(0);
    throw error;
  }
}
