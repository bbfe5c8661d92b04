import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { isRunFolder, openRunFolder } from "./run-folder.ts";

/**
 * Tells what a run's models are from what they might become: a hash of `run.json` and of the newest checkpoint, of the run and
 * of the runs within its folder.
 *
 * @throws InputError when there is no run.
 */
export async function checkpointFingerprint(folder: string): Promise<string> {
  await openRunFolder(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const within = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const hash = createHash("sha256");
  for (const name of ["", ...within.sort()]) {
    const run = path.join(folder, name);
    if (!(await isRunFolder(run))) continue;
    const checkpoints = await readdir(path.join(run, "checkpoints")).catch(() => []);
    const newest = checkpoints.filter((file) => /^step-\d+\.safetensors$/.test(file)).sort();
    hash.update(`\n${name}\n`).update(await readFile(path.join(run, "run.json")));
    const file = newest.at(-1);
    if (file !== undefined)
      hash.update(file).update(await readFile(path.join(run, "checkpoints", file)));
  }
  return hash.digest("hex").slice(0, 16);
}
