import assert from "node:assert/strict";
import { encodeFrame, FrameDecoder } from "#kernel-ext/protocol/index.ts";

describe("the frames between supervisor and user process", () => {
  it("come out whole however the bytes are cut", () => {
    const messages = [{ a: 1 }, { bytes: Uint8Array.of(1, 2, 3) }, "x".repeat(1000)];
    const bytes = Buffer.concat(messages.map((message) => encodeFrame(message)));
    for (const size of [1, 3, 7, 64, bytes.length]) {
      const decoder = new FrameDecoder();
      const read: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        read.push(...decoder.push(bytes.subarray(at, at + size)));
      }
      assert.deepEqual(read, messages, `chunks of ${size}`);
    }
  });
});
