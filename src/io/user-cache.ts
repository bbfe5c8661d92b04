import { homedir } from "node:os";
import { join } from "node:path";

/** Where what can be made again is kept for this user: resized films. XDG's place, or the system's. */
export function userCacheDir(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  return join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(homedir(), ".cache"), "counterlab");
}
