import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** One hash over files in their order: the first 16 hex digits of SHA-256. */
export async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  }
  return hash.digest("hex").slice(0, 16);
}
