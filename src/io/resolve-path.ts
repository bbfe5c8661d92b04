import { resolve } from "node:path";

/** The full path of what a user named, from the working folder. */
export function resolvePath(given: string): string {
  return resolve(given);
}
