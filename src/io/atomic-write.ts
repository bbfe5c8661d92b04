import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "./input-error.ts";

/**
 * Writes a file so that it is there whole or not at all: to a temporary name beside it, flushed to disk,
 * then renamed over `path`. Folders on the way are made.
 *
 * @throws InputError when the place cannot be written to; nothing is left behind.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
}

/** The error for an output that cannot be written, in words instead of codes. */
export function unwritable(path: string, cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const reasons: Record<string, string> = {
    EACCES: "there is no permission to write there",
    EPERM: "there is no permission to write there",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "a part of the path is a file, not a folder",
    EISDIR: "a folder has that name",
    ENOTEMPTY: "a folder has that name",
    ENAMETOOLONG: "the name is too long",
  };
  return new InputError(
    `Cannot write ${path}: ${reasons[code] ?? code}.`,
    code === "ENOSPC" || code === "EDQUOT"
      ? "Free some space or choose another disk."
      : "Choose another output path.",
    cause,
  );
}
