import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { BadMessageError, createWire, type Wire } from "#kernel-ext/protocol/index.ts";

const key = "secret";
const message = { msgType: "execute_request", content: { code: "1" } };

function frames(wire: Wire, buffers: Uint8Array[] = []): Uint8Array[] {
  return wire.encode({ ...message, buffers }).map((frame) => Buffer.from(frame));
}

describe("the signed wire", () => {
  it("signs the four JSON frames with HMAC-SHA256 and leaves buffers unsigned", () => {
    const sent = frames(createWire({ key }), [Uint8Array.of(7)]);
    assert.equal(sent.length, 7);
    const expected = createHmac("sha256", key).update(Buffer.concat(sent.slice(2, 6)));
    assert.equal(sent[1]!.toString(), expected.digest("hex"));
  });

  it("reads back what it wrote, with identities and buffers", () => {
    const sent = [Buffer.from("peer"), ...frames(createWire({ key }), [Uint8Array.of(1, 2)])];
    const read = createWire({ key }).decode(sent);
    assert.deepEqual(read.content, { code: "1" });
    assert.equal(read.header.msg_type, "execute_request");
    assert.deepEqual(read.identities, [Buffer.from("peer")]);
    assert.deepEqual([...read.buffers[0]!], [1, 2]);
  });

  it("refuses a message whose content was changed", () => {
    const sent = frames(createWire({ key }));
    sent[5] = Buffer.from('{"code":"2"}');
    assert.throws(() => createWire({ key }).decode(sent), BadMessageError);
  });

  it("refuses a message signed with another key, without telling the right signature", () => {
    const sent = frames(createWire({ key: "other" }));
    const right = createHmac("sha256", key)
      .update(Buffer.concat(sent.slice(2, 6)))
      .digest("hex");
    assert.throws(
      () => createWire({ key }).decode(sent),
      (error: Error) => !error.message.includes(right) && !error.message.includes(key),
    );
  });

  it("refuses the same message a second time", () => {
    const wire = createWire({ key });
    const sent = frames(createWire({ key }));
    wire.decode(sent);
    assert.throws(() => wire.decode(sent), /received before/);
  });

  it("accepts unsigned messages when the key is empty", () => {
    const wire = createWire({ key: "" });
    assert.equal(wire.decode(frames(createWire({ key: "" }))).header.msg_type, "execute_request");
  });

  const wire = createWire({ key: "" });
  const good = frames(wire);
  const shapes: Record<string, Uint8Array[]> = {
    "no frames": [],
    "no delimiter": good.slice(1),
    "nothing after the delimiter": good.slice(0, 1),
    "three JSON frames": good.slice(0, 5),
    "a frame that is not JSON": [...good.slice(0, 5), Buffer.from("{")],
    "a frame that is a list": [...good.slice(0, 5), Buffer.from("[]")],
    "a header without msg_id": [...good.slice(0, 2), Buffer.from("{}"), ...good.slice(3)],
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => wire.decode(shape), BadMessageError);
    });
  }
});
