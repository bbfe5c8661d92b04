import { deserialize, serialize } from "node:v8";

const lengthBytes = 4;

/** One message of the link between supervisor and user process: length (uint32, little endian), then V8's structured clone. */
export function encodeFrame(message: unknown): Buffer {
  const body = serialize(message);
  const frame = Buffer.allocUnsafe(lengthBytes + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, lengthBytes);
  return frame;
}

/** Cuts a byte stream back into the messages of `encodeFrame`; chunks may end anywhere. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #size = 0;

  /** Returns every message that `chunk` completes. */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const messages: unknown[] = [];
    for (;;) {
      const length = this.#peekLength();
      if (length === undefined || this.#size < lengthBytes + length) return messages;
      const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      messages.push(deserialize(bytes.subarray(lengthBytes, lengthBytes + length)));
      const rest = bytes.subarray(lengthBytes + length);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#size = rest.length;
    }
  }

  #peekLength(): number | undefined {
    if (this.#size < lengthBytes) return undefined;
    if (this.#chunks[0]!.length < lengthBytes) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!.readUInt32LE(0);
  }
}
