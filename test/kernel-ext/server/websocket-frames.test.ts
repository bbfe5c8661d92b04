import assert from "node:assert/strict";
import { serialize } from "@jupyterlab/services/lib/kernel/serialize.js";
import {
  decodeChannelMessage,
  encodeChannelMessage,
  WebSocketFrameError,
  webSocketProtocol,
} from "#kernel-ext/server/websocket-frames.ts";

describe("messages between a page and a kernel", () => {
  const message = {
    channel: "shell",
    header: { msg_id: "1", msg_type: "comm_msg" },
    parent_header: {},
    metadata: { a: "ä😀" },
    content: { comm_id: "x", data: {} },
    buffers: [new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0)],
  };

  it("are read as JupyterLab's own client writes them, and written as it reads them", () => {
    const bytes = Buffer.from(serialize(message as never, webSocketProtocol) as ArrayBuffer);
    const { channel, frames } = decodeChannelMessage(bytes);
    assert.equal(channel, "shell");
    const [header, parent, metadata, content, ...buffers] = frames;
    const json = [header, parent, metadata, content].map(
      (frame) => JSON.parse(Buffer.from(frame!).toString()) as unknown,
    );
    assert.deepEqual(json, [
      message.header,
      message.parent_header,
      message.metadata,
      message.content,
    ]);
    assert.deepEqual(
      buffers.map((buffer) => [...buffer]),
      [[1, 2, 3], []],
    );
    assert.ok(encodeChannelMessage({ channel, frames }).equals(bytes));
  });

  it("are refused when they are cut, or their offsets are wrong", () => {
    const bytes = encodeChannelMessage({
      channel: "shell",
      frames: ["{}", "{}", "{}", "{}"].map((text) => Buffer.from(text)),
    });
    const huge = Buffer.from(bytes);
    huge.writeBigUInt64LE(2n ** 60n);
    const backwards = Buffer.from(bytes);
    backwards.writeBigUInt64LE(5n, 16);
    for (const broken of [bytes.subarray(0, -1), bytes.subarray(0, 5), huge, backwards]) {
      assert.throws(() => decodeChannelMessage(broken), WebSocketFrameError);
    }
  });
});
