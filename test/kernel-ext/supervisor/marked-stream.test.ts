import assert from "node:assert/strict";
import { MarkedStream } from "#kernel-ext/supervisor/marked-stream.ts";

describe("a pipe with end marks", () => {
  it("gives the text without marks and counts them, however the bytes are cut", async () => {
    const mark = "\u0000end\u0000";
    const bytes = Buffer.from(`one ü ${mark}two\u0000e${mark}three`);
    for (let size = 1; size <= bytes.length; size += 1) {
      let text = "";
      const stream = new MarkedStream(mark, (part) => (text += part));
      for (let at = 0; at < bytes.length; at += size) stream.push(bytes.subarray(at, at + size));
      await stream.reached(2);
      assert.equal(text, "one ü two\u0000ethree", `chunks of ${size}`);
    }
  });

  it("lets nobody wait once it has ended", async () => {
    const stream = new MarkedStream("mark", () => undefined);
    const waiting = stream.reached(1);
    stream.end();
    await waiting;
  });
});
