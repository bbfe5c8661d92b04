import assert from "node:assert/strict";
import { Outbox } from "#kernel-ext/transport/index.ts";

type Frames = (Uint8Array | string)[];

describe("the writer of a socket", () => {
  it("sends one message at a time, in order, however many are pushed at once", async () => {
    const sent: string[] = [];
    let inProgress = 0;
    const sink = {
      async send([frame]: Frames) {
        inProgress += 1;
        assert.equal(inProgress, 1, "ZeroMQ refuses a second send");
        await new Promise((done) => setImmediate(done));
        sent.push(String(frame));
        inProgress -= 1;
      },
    };
    const outbox = new Outbox(sink, {
      onError: (error) => {
        assert.ifError(error);
      },
    });
    const expected = Array.from({ length: 600 }, (_, i) => String(i));
    for (const text of expected.slice(0, 300)) outbox.push([text]);
    await new Promise((done) => setTimeout(done, 5));
    for (const text of expected.slice(300)) outbox.push([text]);
    assert.ok(outbox.backlogBytes > 0);
    await outbox.drained();
    assert.deepEqual(sent, expected);
    assert.equal(outbox.backlogBytes, 0);
  });

  it("goes on behind a message that cannot be sent", async () => {
    const sent: Frames[] = [];
    const errors: unknown[] = [];
    const sink = {
      async send(frames: Frames) {
        if (frames[0] === "bad") throw new Error("refused");
        sent.push(frames);
      },
    };
    const outbox = new Outbox(sink, { onError: (error) => errors.push(error) });
    for (const text of ["a", "bad", "b"]) outbox.push([text]);
    await outbox.drained();
    assert.deepEqual(sent, [["a"], ["b"]]);
    assert.equal(errors.length, 1);
  });
});
