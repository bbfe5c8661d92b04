import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "./atomic-write.ts";

/** A usable reply, kept so that no report is paid for twice. */
export interface CachedReply {
  readonly content: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Replies on disk by hash of instructions, model and report. */
export interface ReplyCache {
  /** undefined where there is none, or what is there is broken. */
  get(key: string): Promise<CachedReply | undefined>;
  set(key: string, reply: CachedReply): Promise<void>;
}

/** What one reply is kept under. */
export function replyKey(parts: {
  readonly instructions: string;
  readonly model: string;
  readonly text: string;
}): string {
  const { instructions, model, text } = parts;
  return createHash("sha256")
    .update(JSON.stringify([instructions, model, text]))
    .digest("hex");
}

/** Opens the cache in a folder, made when first written to. */
export function openReplyCache(folder: string): ReplyCache {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async get(key) {
      try {
        const reply = JSON.parse(
          await readFile(pathOf(key), "utf8"),
        ) as Partial<CachedReply> | null;
        return typeof reply?.content === "string" ? (reply as CachedReply) : undefined;
      } catch {
        return undefined;
      }
    },
    set: (key, reply) => writeFileAtomic(pathOf(key), `${JSON.stringify(reply)}\n`),
  };
}
