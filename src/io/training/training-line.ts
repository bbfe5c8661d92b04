import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileAtomic } from "../atomic-write.ts";
import { readJson } from "./control-folder.ts";
import { lockHolder } from "../lock-file.ts";
import {
  controlFiles,
  ENDED_PHASES,
  replySchema,
  statusSchema,
  type TrainingReply,
  type TrainingRequest,
  type TrainingStatus,
} from "./protocol.ts";
import { readTrainingLog } from "./spawn-training.ts";
import { TrainingError } from "./training-error.ts";

const LOOK_EVERY_MS = 50;

/** The other side of a run's `control` folder: watches and steers a training from any process of the same user. */
export interface TrainingLine {
  /** What the training process told last; undefined when the run never had one. */
  status(): Promise<TrainingStatus | undefined>;
  /** Whether a living process trains the run. */
  isHeld(): Promise<boolean>;
  /**
   * Asks the training process and waits for its answer, which comes between two steps; undefined when nobody
   * trains the run (any more).
   *
   * @throws TrainingError when the request was refused.
   */
  request(request: TrainingRequest): Promise<TrainingReply | undefined>;
  /** Ends the training process at once, without a checkpoint. */
  kill(): Promise<void>;
  /** Why a process ended that told nothing of itself. */
  describeDeath(): Promise<string>;
}

/**
 * Opens the line to whatever trains a run, now or later.
 *
 * @param describeEnd How the process ended, where the one that started it knows; undefined while it lives or when unknown.
 */
export function openTrainingLine(
  runFolder: string,
  describeEnd: () => string | undefined = () => undefined,
): TrainingLine {
  const files = controlFiles(runFolder);
  const isHeld = async () => (await lockHolder(files.lock)) !== undefined;

  const status = async (): Promise<TrainingStatus | undefined> => {
    const isAlive = await isHeld();
    const told = await readJson(files.status, statusSchema);
    if (told === undefined || isAlive || ENDED_PHASES.includes(told.phase)) return told;
    return {
      ...told,
      phase: "interrupted",
      message: await describeDeath(runFolder, describeEnd()),
    };
  };

  return {
    isHeld,
    status,
    describeDeath: () => describeDeath(runFolder, describeEnd()),
    kill: async () => {
      const holder = await lockHolder(files.lock);
      if (holder !== undefined && holder !== process.pid) process.kill(holder, "SIGKILL");
    },
    request: async (request) => {
      if (!(await isHeld())) return undefined;
      const name = `${randomUUID()}.json`;
      const [asked, answered] = [path.join(files.requests, name), path.join(files.replies, name)];
      await writeFileAtomic(asked, JSON.stringify(request));
      for (;;) {
        // Asked before the answer is looked for: the last thing a training does is to answer.
        const isAlive = await isHeld();
        const reply = await readJson(answered, replySchema);
        if (reply !== undefined) {
          await rm(answered, { force: true });
          if (reply.error === undefined) return reply;
          throw new TrainingError(reply.error);
        }
        if (!isAlive) {
          await rm(asked, { force: true });
          return undefined;
        }
        await sleep(LOOK_EVERY_MS);
      }
    },
  };
}

/** How a training process ended that could not say so itself. */
async function describeDeath(runFolder: string, end: string | undefined): Promise<string> {
  const log = await readTrainingLog(runFolder);
  const how = `The training process ${end ?? "is gone"}`;
  if (log.includes("JavaScript heap out of memory")) return `${how}: it ran out of memory.`;
  // The whole log has a stack with paths of this machine, which need not get into a notebook.
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const cause = lines.find((line) => /^\w*(Error|Failure)\b.*:/.test(line)) ?? lines.at(-1);
  if (cause !== undefined) return `${how}: ${cause} (more in the run's control/log.txt).`;
  return end === undefined || end.includes("SIGKILL")
    ? `${how} without a word: somebody killed it, memory ran out, or the machine was restarted.`
    : `${how}.`;
}
