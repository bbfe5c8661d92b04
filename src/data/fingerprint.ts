import { foldIn, key } from "../engine/random.ts";

/** A 64-bit hash of a text as 16 hex digits: equal on every machine, not meant to resist forgery. */
export function fingerprintOf(text: string): string {
  return foldIn(key(0), text)
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("");
}
