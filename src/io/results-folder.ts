import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomic } from "./atomic-write.ts";

/** Files by name, with `/` between folders. */
export interface ResultsFolder {
  readonly path: string;
  has(name: string): Promise<boolean>;
  /** `undefined` where there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  readText(name: string): Promise<string | undefined>;
  /**
   * Writes a file whole or not at all; folders on the way are made.
   *
   * @throws InputError when the place cannot be written to.
   */
  write(name: string, content: Uint8Array | string): Promise<void>;
}

/** Opens a folder of results, which need not exist yet. */
export function openResultsFolder(folder: string): ResultsFolder {
  const fileOf = (name: string) => path.join(folder, name);
  const read = async (name: string) => {
    try {
      return await readFile(fileOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  return {
    path: folder,
    has: async (name) => (await stat(fileOf(name)).catch(() => undefined)) !== undefined,
    read,
    readText: async (name) => {
      const bytes = await read(name);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    write: (name, content) => writeFileAtomic(fileOf(name), content),
  };
}
