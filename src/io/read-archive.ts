import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { InputError } from "./input-error.ts";

/** Whether a file is called as archives that can be read are. */
export function isArchive(path: string): boolean {
  return /\.(?:tgz|tar\.gz|tar)$/i.test(path);
}

/** One file of an archive; its bytes must be read before the next file is asked for. */
export interface ArchivedFile {
  readonly file: string;
  readonly bytes: () => Promise<Uint8Array>;
}

/**
 * The files of a `.tgz` or `.tar` in the archive's order, never the whole archive in memory.
 *
 * @throws InputError when the archive is broken or cut off.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchivedFile, void, void> {
  const archive = extract();
  const source = createReadStream(path);
  const flow = /\.tar$/i.test(path)
    ? pipeline(source, archive)
    : pipeline(source, createGunzip(), archive);
  // Its failure reaches the loop below, through the archive that it destroys.
  flow.catch(() => undefined);
  try {
    for await (const entry of archive) {
      let bytes: Promise<Uint8Array> | undefined;
      if (entry.header.type === "file") {
        yield { file: entry.header.name, bytes: () => (bytes ??= buffer(entry)) };
      }
      if (bytes === undefined) entry.resume();
      else await bytes;
    }
    await flow;
  } catch (cause) {
    if (!isBroken(cause)) throw cause;
    throw new InputError(
      `${path} is broken or cut off: ${cause.message}.`,
      "Fetch the archive again, or unpack it and give the folder.",
      cause,
    );
  } finally {
    archive.destroy();
    source.destroy();
  }
}

function isBroken(error: unknown): error is Error {
  if (!(error instanceof Error) || "fix" in error) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    /header|tar|archive|unexpected end/i.test(error.message) || (code?.startsWith("Z_") ?? false)
  );
}
