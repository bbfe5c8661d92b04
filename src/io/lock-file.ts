import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { unwritable } from "./atomic-write.ts";
import { processIdentity } from "./process-identity.ts";

/**
 * Takes a lock that is a file naming this process; one left behind by a dead process is taken over, also when
 * its number now is another process's.
 *
 * @returns A function that unlocks, or undefined when a living process (this one too) holds the lock.
 * @throws InputError when the file cannot be made.
 */
export async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  // Made whole under another name first: a lock that is there without its holder would look abandoned.
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, processIdentity(process.pid)!).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await link(own, path);
        return () => rm(path, { force: true });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(path, cause);
        if ((await lockHolder(path)) !== undefined) return undefined;
        await rm(path, { force: true });
      }
    }
    return undefined;
  } finally {
    await rm(own, { force: true });
  }
}

/** Number of the living process that holds a lock; undefined when none does. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const identity = await readFile(path, "utf8").catch(() => "");
  const pid = Number(identity.split(" ")[0]);
  if (!(pid > 0)) return undefined;
  const living = processIdentity(pid);
  // A lock of an older version holds the number alone.
  return living === identity || (living !== undefined && identity === String(pid))
    ? pid
    : undefined;
}
