import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readSafetensors, writeSafetensors, type NumberArray } from "../formats/index.ts";
import { writeFileAtomic } from "./atomic-write.ts";
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

/** A run on disk: `run.json`, `metrics.jsonl`, `checkpoints/`. */
export interface RunFolder {
  readonly path: string;
  readonly description: RunDescription;
  /** Adds one line to `metrics.jsonl`. */
  appendMetrics(row: Readonly<Record<string, number>>): Promise<void>;
  /** The lines of `metrics.jsonl`. */
  readMetrics(): Promise<Record<string, number>[]>;
  /** Writes a checkpoint and then deletes all but the two newest. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  latestCheckpoint(): Promise<Checkpoint | undefined>;
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
  const checkpoints = path.join(folder, "checkpoints");
  const readMetrics = async () => {
    const exists = await stat(metricsFile).catch(() => undefined);
    if (exists === undefined) return [];
    const lines = (await readFile(metricsFile, "utf8")).split("\n");
    // A kill can leave a last line without its end.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, number>);
  };
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
  return {
    path: folder,
    description,
    appendMetrics: (row) => appendFile(metricsFile, `${JSON.stringify(row)}\n`),
    readMetrics,
    saveCheckpoint: async ({ step, tensors }) => {
      await writeFileAtomic(
        fileOf(step),
        writeSafetensors({ tensors, metadata: { step: String(step) } }),
      );
      for (const old of (await steps()).slice(0, -2)) await rm(fileOf(old));
    },
    latestCheckpoint: async () => {
      const step = (await steps()).at(-1);
      if (step === undefined) return undefined;
      const { tensors } = readSafetensors(await readFile(fileOf(step)));
      return { step, tensors: tensors as Checkpoint["tensors"] };
    },
    rewindMetrics: async (step) => {
      const rows = (await readMetrics()).filter((row) => (row["step"] ?? 0) <= step);
      await writeFileAtomic(metricsFile, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    },
  };
}
