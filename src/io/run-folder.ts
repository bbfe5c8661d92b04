import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readSafetensors, writeSafetensors, type NumberArray } from "../formats/index.ts";
import { unwritable, writeFileAtomic } from "./atomic-write.ts";
import { InputError } from "./input-error.ts";

/** Version of what `run.json` and the checkpoints mean; runs of another version are refused. */
export const RUN_VERSION = 1;

/** `run.json`: what a run is, written once when it starts. */
export interface RunDescription {
  readonly format: "counterlab-run";
  readonly version: typeof RUN_VERSION;
  readonly kind: string;
  readonly seed: number;
  readonly totalSteps: number;
  /** Network, loss weights and batch size: whatever a resumed run must share with its beginning. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The cell tokens of the training set, one a classifier output. */
  readonly vocabulary: readonly string[];
  /** The films: how they were asked for, and what they were. */
  readonly data: {
    readonly name: string;
    readonly fingerprint: string;
    readonly origin: Readonly<Record<string, unknown>>;
  };
  readonly versions: Readonly<Record<string, string>>;
}

const runDescription: z.ZodType<RunDescription> = z.object({
  format: z.literal("counterlab-run"),
  version: z.literal(RUN_VERSION),
  kind: z.string(),
  seed: z.number().int(),
  totalSteps: z.number().int().positive(),
  settings: z.record(z.string(), z.unknown()),
  vocabulary: z.array(z.string()),
  data: z.object({
    name: z.string(),
    fingerprint: z.string(),
    origin: z.record(z.string(), z.unknown()),
  }),
  versions: z.record(z.string(), z.string()),
});

/** The state of a run after `step` steps. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: Readonly<Record<string, NumberArray<Float32Array>>>;
}

/** From `step` steps on the schedule's peak is `learningRate`; what was changed later counts. */
export interface LearningRateChange {
  readonly step: number;
  readonly learningRate: number;
}

/** A run on disk: `run.json`, `metrics.jsonl`, `learning-rates.jsonl`, `checkpoints/`. */
export interface RunFolder {
  readonly path: string;
  readonly description: RunDescription;
  /**
   * Adds one line to `metrics.jsonl`.
   *
   * @throws InputError when the disk is full or the folder is gone.
   */
  appendMetrics(row: Readonly<Record<string, number>>): Promise<void>;
  /** The lines of `metrics.jsonl`, without any that a kill or a power cut damaged. */
  readMetrics(): Promise<Record<string, number>[]>;
  /**
   * Writes a checkpoint and then deletes all but the two newest.
   *
   * @throws InputError when the disk is full or the folder is gone.
   */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** The newest checkpoint that can be read. */
  latestCheckpoint(): Promise<Checkpoint | undefined>;
  /** Notes a learning rate that was changed on the way, so that a continued run follows it too. */
  appendLearningRate(change: LearningRateChange): Promise<void>;
  readLearningRates(): Promise<LearningRateChange[]>;
  /** Writes a picture into the run, under a name with `/` between folders. */
  savePicture(name: string, png: Uint8Array): Promise<void>;
  readPicture(name: string): Promise<Uint8Array>;
  /** Drops metrics beyond `step`: what a killed run wrote after its last checkpoint. */
  rewindMetrics(step: number): Promise<void>;
}

/** Starts a run in a folder that is new or empty. */
export async function createRunFolder(
  folder: string,
  description: RunDescription,
): Promise<RunFolder> {
  const entries = await listFolder(folder);
  if (entries.length > 0) {
    throw new InputError(
      `${folder} is not empty and holds no run.`,
      "Give a new folder with --out.",
    );
  }
  await writeFileAtomic(path.join(folder, "run.json"), `${JSON.stringify(description, null, 2)}\n`);
  await mkdir(path.join(folder, "checkpoints"), { recursive: true });
  return runFolder(folder, description);
}

/** Whether a folder holds a run, of whatever version. */
export async function isRunFolder(folder: string): Promise<boolean> {
  return (await listFolder(folder)).includes("run.json");
}

/**
 * Opens a run.
 *
 * @throws InputError when there is none, or when it is damaged or of another version.
 */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  if (!(await isRunFolder(folder))) {
    throw new InputError(
      `${folder} holds no run (no run.json).`,
      "Give the folder that `counterlab train --out` wrote.",
    );
  }
  const file = path.join(folder, "run.json");
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new InputError(`${file} is not JSON.`, "Train again into a new folder.", cause);
  }
  const version = (content as { version?: unknown } | null)?.version;
  if (version !== RUN_VERSION) {
    throw new InputError(
      `${folder} is a run of version ${version === undefined ? "unknown" : JSON.stringify(version)}; this Counterlab reads version ${RUN_VERSION}.`,
      "Open it with the Counterlab that made it, or train again into a new folder.",
    );
  }
  const parsed = runDescription.safeParse(content);
  if (!parsed.success) {
    const { path: where, message } = parsed.error.issues[0]!;
    throw new InputError(
      `${file}: ${where.join(".")}: ${message}.`,
      "Train again into a new folder.",
    );
  }
  return runFolder(folder, parsed.data);
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") {
      throw new InputError(`${folder} is a file.`, "Give a folder.", error);
    }
    if (code === "EACCES" || code === "EPERM") {
      throw new InputError(`${folder} cannot be read.`, "Give a folder of your own.", error);
    }
    throw error;
  }
}

function runFolder(folder: string, description: RunDescription): RunFolder {
  const metricsFile = path.join(folder, "metrics.jsonl");
  const learningRatesFile = path.join(folder, "learning-rates.jsonl");
  const checkpoints = path.join(folder, "checkpoints");
  const readMetrics = () => readJsonLines<Record<string, number>>(metricsFile);
  const steps = async () => {
    const names = await listFolder(checkpoints);
    const found = names.map((name) => /^step-(\d+)\.safetensors$/.exec(name)?.[1]);
    return found
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  };
  const fileOf = (step: number) =>
    path.join(checkpoints, `step-${String(step).padStart(6, "0")}.safetensors`);
  const read = async (step: number): Promise<Checkpoint> => {
    const { tensors } = readSafetensors(await readFile(fileOf(step)));
    return { step, tensors: tensors as Checkpoint["tensors"] };
  };
  return {
    path: folder,
    description,
    appendMetrics: (row) => appendJsonLine(metricsFile, row),
    readMetrics,
    appendLearningRate: (change) => appendJsonLine(learningRatesFile, change),
    readLearningRates: () => readJsonLines<LearningRateChange>(learningRatesFile),
    saveCheckpoint: async ({ step, tensors }) => {
      // Writing makes the folders on the way: a deleted run would come back as a ruin.
      if (!(await isRunFolder(folder))) throw deletedRun(folder);
      await writeFileAtomic(
        fileOf(step),
        writeSafetensors({ tensors, metadata: { step: String(step) } }),
      );
      for (const old of (await steps()).slice(0, -2)) await rm(fileOf(old));
    },
    latestCheckpoint: async () => {
      let damage: unknown;
      for (const step of (await steps()).reverse()) {
        try {
          return await read(step);
        } catch (cause) {
          // The one before leads to the same numbers, only later.
          damage ??= cause;
        }
      }
      if (damage === undefined) return undefined;
      throw new InputError(
        `No checkpoint in ${checkpoints} can be read.`,
        "Train again into a new folder.",
        damage,
      );
    },
    savePicture: async (name, png) => {
      if (!(await isRunFolder(folder))) throw deletedRun(folder);
      await writeFileAtomic(path.join(folder, name), png);
    },
    readPicture: (name) => readFile(path.join(folder, name)),
    rewindMetrics: async (step) => {
      const rows = (await readMetrics()).filter((row) => (row["step"] ?? 0) <= step);
      await writeFileAtomic(metricsFile, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    },
  };
}

async function appendJsonLine(file: string, row: object): Promise<void> {
  try {
    await appendFile(file, `${JSON.stringify(row)}\n`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw deletedRun(path.dirname(file), cause);
    }
    throw unwritable(file, cause);
  }
}

async function readJsonLines<Row extends object>(file: string): Promise<Row[]> {
  const exists = await stat(file).catch(() => undefined);
  if (exists === undefined) return [];
  return parseJsonLines<Row>(await readFile(file, "utf8"));
}

/** The whole lines of a text that are JSON objects: a kill can leave a last line without its end, a power cut zeros. */
export function parseJsonLines<Row extends object>(text: string): Row[] {
  return text
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => {
      try {
        const row = JSON.parse(line) as unknown;
        return typeof row === "object" && row !== null ? [row as Row] : [];
      } catch {
        return [];
      }
    });
}

function deletedRun(folder: string, cause?: unknown): InputError {
  return new InputError(
    `${folder} was deleted while it was being trained.`,
    "Train again into a new folder.",
    cause,
  );
}
