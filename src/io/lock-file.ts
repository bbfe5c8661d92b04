import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { unwritable } from "./atomic-write.ts";

/**
 * Takes a lock that is a file with this process's number; one left behind by a dead process is taken over.
 *
 * @returns A function that unlocks, or undefined when a living process (this one too) holds the lock.
 * @throws InputError when the file cannot be made.
 */
export async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  // Made whole under another name first: a lock that is there without its number would look abandoned.
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, String(process.pid)).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await link(own, path);
        return () => rm(path, { force: true });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(path, cause);
        if (await isHeld(path)) return undefined;
        await rm(path, { force: true });
      }
    }
    return undefined;
  } finally {
    await rm(own, { force: true });
  }
}

async function isHeld(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, "utf8").catch(() => "0"));
  if (!(pid > 0)) return false;
  try {
    // Signal 0 only asks whether the process lives.
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // A process of another user lives too.
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
