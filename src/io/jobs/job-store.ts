import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomic } from "../atomic-write.ts";

/** Results of jobs by name, so that a command that was stopped goes on where it was. */
export interface JobStore {
  /** undefined where there is none, or what is there is broken. */
  get(id: string): Promise<unknown>;
  set(id: string, output: unknown): Promise<void>;
  /** Deletes all of them. */
  clear(): Promise<void>;
}

/** Keeps results in a folder, a file each, made when first written to. */
export function openJobStore(folder: string): JobStore {
  const fileOf = (id: string) => path.join(folder, `${id}.json`);
  return {
    get: async (id) => {
      try {
        return (JSON.parse(await readFile(fileOf(id), "utf8")) as { output: unknown }).output;
      } catch {
        return undefined;
      }
    },
    set: (id, output) => writeFileAtomic(fileOf(id), JSON.stringify({ output })),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}
