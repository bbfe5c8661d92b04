import { chmod, mkdir, readFile } from "node:fs/promises";
import type { z } from "zod";
import { unwritable } from "../atomic-write.ts";
import { lockHolder } from "../lock-file.ts";
import { controlFiles, type ControlFiles } from "./protocol.ts";

/**
 * Makes a run's `control` folder, for its owner alone: who can write there steers the training.
 *
 * @throws InputError when it cannot be made.
 */
export async function makeControlFolder(runFolder: string): Promise<ControlFiles> {
  const files = controlFiles(runFolder);
  try {
    for (const folder of [files.folder, files.requests, files.replies]) {
      await mkdir(folder, { mode: 0o700, recursive: true });
    }
    await chmod(files.folder, 0o700);
  } catch (cause) {
    throw unwritable(files.folder, cause);
  }
  return files;
}

/** Number of the living process that trains a run, if it is not this one. */
export async function runHolder(runFolder: string): Promise<number | undefined> {
  const holder = await lockHolder(controlFiles(runFolder).lock);
  return holder === process.pid ? undefined : holder;
}

/** A JSON file's content; undefined when it is not there, or not (yet) what it should be. */
export async function readJson<Content>(
  file: string,
  schema: z.ZodType<Content>,
): Promise<Content | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
