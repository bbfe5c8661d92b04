import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import {
  protocolVersion,
  type Header,
  type JsonObject,
  type Message,
  type ParentHeader,
} from "./message.ts";

/** Why a message off the wire was refused; the text never holds a key or a signature. */
export class BadMessageError extends Error {
  override readonly name = "BadMessageError";
}

export interface WireOptions {
  /** HMAC key of the connection file; empty means unsigned messages. */
  readonly key: string;
  readonly session?: string;
  readonly username?: string;
  /** How many signatures are remembered to refuse replays. */
  readonly replayMemory?: number;
}

export interface OutgoingMessage {
  readonly msgType: string;
  /** Names the message; one is made up when omitted. */
  readonly msgId?: string;
  readonly content: object;
  readonly parentHeader?: ParentHeader;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  readonly identities?: readonly (Uint8Array | string)[];
}

/** Turns messages into signed frames and frames into verified messages. */
export interface Wire {
  encode(message: OutgoingMessage): (Uint8Array | string)[];
  /** Signs the four JSON frames that somebody else made. */
  seal(
    json: readonly (Uint8Array | string)[],
    buffers: readonly Uint8Array[],
  ): (Uint8Array | string)[];
  /** @throws BadMessageError when the frames are malformed, forged or seen before. */
  decode(frames: readonly Uint8Array[]): Message;
}

const delimiter = Buffer.from("<IDS|MSG>");
const hmacScheme = "sha256";

/** Makes the two directions of one signed connection: HMAC-SHA256 over the four JSON frames, checked before they are parsed. */
export function createWire({
  key,
  session = randomUUID(),
  username = "kernel",
  replayMemory = 65_536,
}: WireOptions): Wire {
  const seen = new Set<string>();
  let sent = 0;

  const sign = (frames: readonly (Uint8Array | string)[]): Buffer => {
    const hmac = createHmac(hmacScheme, key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest();
  };

  const verify = (signature: Uint8Array, frames: readonly Uint8Array[]): void => {
    const given = Buffer.from(Buffer.from(signature).toString("latin1"), "hex");
    const expected = sign(frames);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new BadMessageError("signature does not match");
    }
    const digest = given.toString("base64");
    if (seen.has(digest)) throw new BadMessageError("message was received before");
    seen.add(digest);
    if (seen.size > replayMemory) forgetOldest(seen, replayMemory / 4);
  };

  const seal: Wire["seal"] = (json, buffers) => {
    const signature = key === "" ? "" : sign(json).toString("hex");
    return [delimiter, signature, ...json, ...buffers];
  };

  return {
    seal,
    encode({
      msgType,
      msgId = `${session}_${++sent}`,
      content,
      parentHeader = {},
      metadata = {},
      buffers = [],
      identities = [],
    }) {
      const header: Header = {
        msg_id: msgId,
        msg_type: msgType,
        session,
        username,
        date: new Date().toISOString(),
        version: protocolVersion,
      };
      const frames = [header, parentHeader, metadata, content].map((part) => JSON.stringify(part));
      return [...identities, ...seal(frames, buffers)];
    },

    decode(frames) {
      const start = frames.findIndex((frame) => delimiter.equals(frame));
      if (start < 0) throw new BadMessageError("delimiter frame is missing");
      const [signature, ...rest] = frames.slice(start + 1);
      if (signature === undefined || rest.length < 4) {
        throw new BadMessageError("too few frames after the delimiter");
      }
      const parts = rest.slice(0, 4);
      if (key !== "") verify(signature, parts);
      const [header, parentHeader, metadata, content] = parts.map(parseObject);
      if (!isHeader(header)) throw new BadMessageError("header lacks msg_id, msg_type or session");
      // Anyone who can reach iopub can read our signed messages there, and send them back to us.
      if (header.session === session) throw new BadMessageError("message is our own");
      return {
        identities: frames.slice(0, start),
        header,
        parentHeader: isHeader(parentHeader) ? parentHeader : {},
        metadata: metadata!,
        content: content!,
        buffers: rest.slice(4),
      };
    },
  };
}

function forgetOldest(seen: Set<string>, count: number): void {
  for (const digest of seen) {
    if (count-- <= 0) return;
    seen.delete(digest);
  }
}

function parseObject(frame: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(frame).toString("utf8"));
  } catch {
    throw new BadMessageError("a frame is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadMessageError("a frame is not a JSON object");
  }
  return value as JsonObject;
}

function isHeader(value: JsonObject | undefined): value is JsonObject & Header {
  return (
    typeof value?.["msg_id"] === "string" &&
    typeof value["msg_type"] === "string" &&
    typeof value["session"] === "string"
  );
}
