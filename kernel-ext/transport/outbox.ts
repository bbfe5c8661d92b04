/** The sending half of a ZeroMQ socket. */
export interface FrameSink {
  send(frames: (Uint8Array | string)[]): Promise<void>;
}

/**
 * The one writer of a socket: messages leave in order, each awaited. ZeroMQ refuses a send while another is
 * in progress, so a second writer would lose messages.
 */
export class Outbox {
  readonly #sink: FrameSink;
  readonly #onError: (error: unknown) => void;
  #queue: (Uint8Array | string)[][] = [];
  #bytes = 0;
  #pumping: Promise<void> | undefined;

  constructor(sink: FrameSink, { onError }: { readonly onError: (error: unknown) => void }) {
    this.#sink = sink;
    this.#onError = onError;
  }

  /** Size of what waits to be sent. */
  get backlogBytes(): number {
    return this.#bytes;
  }

  push(frames: (Uint8Array | string)[]): void {
    this.#queue.push(frames);
    this.#bytes += sizeBytes(frames);
    this.#pumping ??= this.#pump();
  }

  /** Resolves when everything pushed so far has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  async #pump(): Promise<void> {
    // Lets the caller finish its turn first, so that `#pumping` is set before this ends.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const frames of batch) {
        try {
          await this.#sink.send(frames);
        } catch (error) {
          this.#onError(error);
        }
        this.#bytes -= sizeBytes(frames);
      }
    }
    this.#pumping = undefined;
  }
}

function sizeBytes(frames: readonly (Uint8Array | string)[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
