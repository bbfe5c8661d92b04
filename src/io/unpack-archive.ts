import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { unwritable } from "./atomic-write.ts";
import { InputError } from "./input-error.ts";
import { readArchive } from "./read-archive.ts";

/**
 * Unpacks the files of a `.tgz` into a folder, yielding how many there are so far. What is there already is written anew, so
 * that unpacking can be repeated.
 *
 * @throws InputError when the archive is broken, or holds a path that leads out of the folder.
 */
export async function* unpackArchive(
  archive: string,
  folder: string,
): AsyncGenerator<{ readonly files: number }, void> {
  let files = 0;
  for await (const { file, bytes } of readArchive(archive)) {
    const path = normalize(join(folder, file));
    if (!path.startsWith(normalize(join(folder, sep)))) {
      throw new InputError(
        `${archive} holds "${file}", which leads out of its folder.`,
        "Do not unpack it; fetch it again from its publisher.",
      );
    }
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await bytes());
    } catch (cause) {
      throw unwritable(path, cause);
    }
    files++;
    yield { files };
  }
}
