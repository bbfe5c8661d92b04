import type { Writable } from "node:stream";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-jsonrpc/node";

/**
 * Writes language server messages, all of one turn at once: a header, a text and a request in a write each would wake the
 * server three times for one question.
 */
export class BatchedWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #stream: Writable;
  #frames: Buffer[] = [];

  constructor(stream: Writable) {
    super();
    this.#stream = stream;
  }

  write(message: Message): Promise<void> {
    const body = Buffer.from(JSON.stringify(message));
    this.#frames.push(Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body);
    if (this.#frames.length === 2) {
      process.nextTick(() => {
        this.#flush();
      });
    }
    return Promise.resolve();
  }

  end(): void {
    this.#flush();
    this.#stream.end();
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#frames);
    this.#frames = [];
    if (bytes.length > 0 && this.#stream.writable) this.#stream.write(bytes);
  }
}
