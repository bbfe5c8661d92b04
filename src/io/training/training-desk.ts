import { closeSync, openSync, writeSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { unwritable, writeFileAtomic } from "../atomic-write.ts";
import { InputError } from "../input-error.ts";
import { lockFile, lockHolder } from "../lock-file.ts";
import { makeControlFolder, readJson } from "./control-folder.ts";
import {
  requestSchema,
  STATUS_BYTES,
  type TrainingReply,
  type TrainingRequest,
  type TrainingStatus,
} from "./protocol.ts";

const LOOK_EVERY_MS = 100;
const TELL_EVERY_MS = 250;
/** A message must leave room for the rest of the status. */
const LONGEST_MESSAGE = 900;

/** A request that waits for its answer. */
export interface OpenRequest {
  readonly request: TrainingRequest;
  readonly answer: (reply: TrainingReply) => Promise<void>;
}

/** The training process's side of a run's `control` folder; while it is open no other process trains the run. */
export interface TrainingDesk {
  /** Aborted when the training is asked to stop, so that work before the first step ends too. */
  readonly signal: AbortSignal;
  readonly status: TrainingStatus;
  /** Changes the status; watchers see a new phase at once, the rest a few times a second. */
  readonly tell: (patch: Partial<TrainingStatus>) => void;
  /** Takes the requests that came since the last call, oldest first. */
  take(): readonly OpenRequest[];
  /** Resolves when there are requests to take. */
  wait(): Promise<void>;
  /** As if somebody had asked. */
  ask(request: TrainingRequest): void;
  /** Tells the last status, answers what is open, and lets others train the run. */
  close(last: Partial<TrainingStatus>): Promise<void>;
}

/**
 * Opens the desk of a run.
 *
 * @throws InputError when another process trains the run, or when the folder cannot be written to.
 */
export async function openTrainingDesk(
  runFolder: string,
  first: TrainingStatus,
): Promise<TrainingDesk> {
  const files = await makeControlFolder(runFolder);
  const unlock = await lockFile(files.lock);
  if (unlock === undefined) throw await takenError(runFolder, files.lock);
  try {
    // What was asked of an earlier process is void.
    for (const folder of [files.requests, files.replies]) {
      for (const name of await readdir(folder)) await rm(path.join(folder, name), { force: true });
    }
    await writeFile(files.status, encodeStatus(first), { mode: 0o600 });
  } catch (cause) {
    await unlock();
    throw unwritable(files.status, cause);
  }
  const file = openSync(files.status, "r+");
  const abort = new AbortController();
  const open: OpenRequest[] = [];
  const seen = new Set<string>();
  let status = first;
  let toldMs = -Infinity;
  let wake: () => void = () => undefined;

  const write = () => {
    toldMs = performance.now();
    try {
      writeSync(file, encodeStatus(status), 0, STATUS_BYTES, 0);
    } catch {
      // Nobody sees how it stands then; that is no reason to end it.
    }
  };
  const tell = (patch: Partial<TrainingStatus>) => {
    const isNewPhase = patch.phase !== undefined && patch.phase !== status.phase;
    status = { ...status, ...patch };
    if (isNewPhase || performance.now() - toldMs >= TELL_EVERY_MS) write();
  };
  const admit = (entry: OpenRequest) => {
    open.push(entry);
    if (entry.request.kind === "stop") abort.abort();
    wake();
  };
  const look = async () => {
    const names = await readdir(files.requests).catch(() => []);
    for (const name of names.filter((each) => /^[\w-]+\.json$/.test(each)).sort()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const request = await readJson(path.join(files.requests, name), requestSchema);
      await rm(path.join(files.requests, name), { force: true }).catch(() => undefined);
      const answer = (reply: TrainingReply) =>
        // Nobody may be left to read it.
        writeFileAtomic(path.join(files.replies, name), JSON.stringify(reply)).catch(
          () => undefined,
        );
      if (request === undefined) await answer({ step: status.step, error: "It is no request." });
      else admit({ request, answer });
    }
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_EVERY_MS);
  timer.unref();

  return {
    signal: abort.signal,
    get status() {
      return status;
    },
    tell,
    take: () => open.splice(0),
    wait: async () => {
      while (open.length === 0) {
        timer.ref();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      timer.unref();
    },
    ask: (request) => {
      admit({ request, answer: () => Promise.resolve() });
    },
    close: async (last) => {
      clearInterval(timer);
      await looking;
      await look();
      status = { ...status, ...last };
      write();
      closeSync(file);
      const { step, phase, message } = status;
      for (const { request, answer } of open.splice(0)) {
        const isDone = request.kind === "stop" || request.kind === "pause";
        await answer(
          isDone ? { step } : { step, error: `The training has ended (${phase}). ${message}` },
        );
      }
      await unlock();
    },
  };
}

/** Always as long as the file: writing it again needs no room that the disk may not have. */
function encodeStatus(status: TrainingStatus): Buffer {
  const message = status.message.slice(0, LONGEST_MESSAGE);
  const text = JSON.stringify({ ...status, message });
  return Buffer.from(text.padEnd(STATUS_BYTES)).subarray(0, STATUS_BYTES);
}

async function takenError(runFolder: string, lock: string): Promise<InputError> {
  const holder = await lockHolder(lock);
  return new InputError(
    `${runFolder} is being trained by ${holder === undefined ? "another process" : `process ${holder}`}.`,
    "Watch and steer it with attachTraining(folder) or `counterlab train --attach`, or give a new folder.",
  );
}
