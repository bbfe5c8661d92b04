/** A message between a page and a kernel, its JSON parts left as bytes. */
export interface ChannelMessage {
  readonly channel: string;
  /** header, parent_header, metadata, content, then the buffers. */
  readonly frames: readonly Uint8Array[];
}

/** The subprotocol by which pages and Jupyter servers pass messages on without parsing them. */
export const webSocketProtocol = "v1.kernel.websocket.jupyter.org";

const wordBytes = 8;
const leastFrames = 4;
const maxFrames = 10_000;

/** A page sent bytes that are no message. */
export class WebSocketFrameError extends Error {
  override readonly name = "WebSocketFrameError";
}

/** Offset count, offsets (each 64 bits, little-endian), the channel's name, the frames. */
export function encodeChannelMessage({ channel, frames }: ChannelMessage): Buffer {
  const parts = [Buffer.from(channel), ...frames];
  const head = Buffer.alloc(wordBytes * (parts.length + 2));
  head.writeBigUInt64LE(BigInt(parts.length + 1));
  let offset = head.length;
  parts.forEach((part, index) => {
    head.writeBigUInt64LE(BigInt(offset), wordBytes * (index + 1));
    offset += part.length;
  });
  head.writeBigUInt64LE(BigInt(offset), wordBytes * (parts.length + 1));
  return Buffer.concat([head, ...parts]);
}

/** @throws WebSocketFrameError */
export function decodeChannelMessage(data: Buffer): ChannelMessage {
  const word = (index: number): number => {
    if ((index + 1) * wordBytes > data.length) throw new WebSocketFrameError("it is cut short");
    return Number(data.readBigUInt64LE(index * wordBytes));
  };
  const count = word(0);
  if (count < leastFrames + 2 || count > maxFrames) {
    throw new WebSocketFrameError(`it has ${count} offsets; a message has 6 or more`);
  }
  const offsets = Array.from({ length: count }, (_, index) => word(index + 1));
  if (offsets[0] !== wordBytes * (count + 1) || offsets.at(-1) !== data.length) {
    throw new WebSocketFrameError("its offsets do not fit its length");
  }
  const parts = offsets.slice(1).map((end, index) => {
    const start = offsets[index]!;
    if (end < start) throw new WebSocketFrameError("its offsets go backwards");
    return data.subarray(start, end);
  });
  const [channel, ...frames] = parts;
  return { channel: channel!.toString("latin1"), frames };
}
