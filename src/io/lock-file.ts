import { open, readFile, rm } from "node:fs/promises";
import { unwritable } from "./atomic-write.ts";

/**
 * Takes a lock that is a file with this process's number; one left behind by a dead process is taken over.
 *
 * @returns A function that unlocks, or undefined when a living process (this one too) holds the lock.
 * @throws InputError when the file cannot be made.
 */
export async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(path, cause);
      if (await isHeld(path)) return undefined;
      await rm(path, { force: true });
    }
  }
  return undefined;
}

async function isHeld(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, "utf8").catch(() => "0"));
  if (!(pid > 0)) return false;
  try {
    // Signal 0 only asks whether the process lives.
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
