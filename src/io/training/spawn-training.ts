import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findTfjs } from "../../engine/index.ts";
import { unwritable, writeFileAtomic } from "../atomic-write.ts";
import { childEnvironment } from "../child-environment.ts";
import { InputError } from "../input-error.ts";
import { lockHolder } from "../lock-file.ts";
import { makeControlFolder, readJson } from "./control-folder.ts";
import { controlFiles, orderSchema, type TrainingOrder } from "./protocol.ts";

/** A training process that this one started. */
export interface TrainingChild {
  /** How it ended, or undefined while it lives. */
  readonly end: string | undefined;
}

/**
 * Starts a process that trains a run on, in a session of its own: it lives on when the one that started it ends,
 * and no Ctrl-C reaches it. `order` is kept in the run; the one kept there counts when it is omitted.
 *
 * @returns Undefined when a living process trains the run already.
 * @throws InputError when the run folder cannot be written to, or was never trained by such a process.
 */
export async function spawnTraining(
  runFolder: string,
  order: TrainingOrder | undefined,
): Promise<TrainingChild | undefined> {
  const files = await makeControlFolder(runFolder);
  if ((await lockHolder(files.lock)) !== undefined) return undefined;
  if (order === undefined) await readTrainingOrder(runFolder);
  else await writeTrainingOrder(runFolder, order);
  await rm(files.status, { force: true });
  const log = openLog(files.log);
  const child = spawn(process.execPath, [...entryArguments(), runFolder], {
    // Not the folder it was started from, which it would keep from being removed on Windows.
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    detached: true,
    windowsHide: true,
    stdio: ["ignore", log, log],
    env: childEnvironment(),
  });
  closeSync(log);
  child.unref();
  let end: string | undefined;
  child.once("error", (error) => {
    end = `could not be started: ${error.message}`;
  });
  child.once("exit", (status, signal) => {
    end = signal === null ? `ended with status ${status!}` : `was ended by ${signal}`;
  });
  return {
    get end() {
      return end;
    },
  };
}

/** Keeps in a run how it is trained, so that `spawnTraining` can go on with it. */
export async function writeTrainingOrder(runFolder: string, order: TrainingOrder): Promise<void> {
  const files = await makeControlFolder(runFolder);
  // The training process stands in another folder, where the user's package may not be found.
  const tfjsPackage =
    order.device === "tensorflow" ? findTfjs(order.tfjsPackage)?.module : undefined;
  const kept = { ...order, tfjsPackage };
  await writeFileAtomic(files.order, `${JSON.stringify(kept, null, 2)}\n`);
}

/** How a run's training process was started. @throws InputError when it was not. */
export async function readTrainingOrder(runFolder: string): Promise<TrainingOrder> {
  const order = await readJson(controlFiles(runFolder).order, orderSchema);
  if (order !== undefined) return order;
  throw new InputError(
    `${runFolder} was not started by a trainer, so it does not say on which device to go on.`,
    "Start it with createTrainer(...).start(), or with the command that trained it.",
  );
}

/** The last words of a training process on its way out. */
export async function readTrainingLog(runFolder: string): Promise<string> {
  const text = await readFile(controlFiles(runFolder).log, "utf8").catch(() => "");
  return text.slice(-4096).trim();
}

function openLog(file: string): number {
  try {
    return openSync(file, "w", 0o600);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function entryArguments(): string[] {
  const isBuilt = import.meta.url.endsWith(".js");
  const entry = new URL(`../../cli/training-process.${isBuilt ? "js" : "ts"}`, import.meta.url);
  if (isBuilt) return [fileURLToPath(entry)];
  // Run from sources (tests, development): the process needs the TypeScript loader.
  const loader = createRequire(import.meta.url).resolve("tsx");
  return ["--import", pathToFileURL(loader).href, fileURLToPath(entry)];
}
