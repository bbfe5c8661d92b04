import assert from "node:assert/strict";
import { StreamBatch, type StreamBatchOptions } from "#kernel-ext/display/stream-batch.ts";

type Sent = [target: string, name: string, text: string];

function batch(options: Partial<StreamBatchOptions<string>> = {}): [StreamBatch<string>, Sent[]] {
  const sent: Sent[] = [];
  const send = (target: string, name: string, text: string): void => {
    sent.push([target, name, text]);
  };
  return [new StreamBatch({ send, maxAgeMs: 20, ...options }), sent];
}

describe("batched streams", () => {
  it("join what one target prints, and send it when it is old", async () => {
    const [streams, sent] = batch();
    streams.write("a", "stdout", "1");
    streams.write("a", "stdout", "2");
    assert.deepEqual(sent, []);
    await new Promise((done) => setTimeout(done, 60));
    assert.deepEqual(sent, [["a", "stdout", "12"]]);
  });

  it("keep the order of targets and streams", () => {
    const [streams, sent] = batch();
    streams.write("a", "stdout", "1");
    streams.write("a", "stderr", "2");
    streams.write("b", "stderr", "3");
    streams.flush();
    streams.flush();
    assert.deepEqual(sent, [
      ["a", "stdout", "1"],
      ["a", "stderr", "2"],
      ["b", "stderr", "3"],
    ]);
  });

  it("cut a single text that no page could hold, and say so", () => {
    const [streams, sent] = batch();
    streams.write("a", "stdout", "x".repeat(50_000_000));
    streams.flush();
    const [[, , text]] = sent as [Sent];
    assert.ok(text.length < 120_000);
    assert.match(text, /x\n… 49,890,000 characters left out; write so long a text to a file …\nx/);
  });

  it("send at once what is large", () => {
    const [streams, sent] = batch({ maxSize: 10 });
    streams.write("a", "stdout", "12345");
    streams.write("a", "stdout", "67890");
    assert.deepEqual(sent, [["a", "stdout", "1234567890"]]);
  });

  it("send the first few texts at once when asked, then gather", () => {
    const [streams, sent] = batch({ immediate: 2, maxAgeMs: 10_000 });
    for (const text of ["1", "2", "3", "4"]) streams.write("a", "stdout", text);
    streams.flush();
    assert.deepEqual(
      sent.map(([, , text]) => text),
      ["1", "2", "34"],
    );
  });
});
