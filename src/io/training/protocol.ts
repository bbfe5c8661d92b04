// What a training process and those who watch and steer it leave for each other in a run's `control` folder.
import path from "node:path";
import { z } from "zod";

/** Where a training stands; "interrupted" means that its process is gone without having said why. */
export type TrainingPhase =
  | "starting"
  | "running"
  | "pausing"
  | "paused"
  | "stopping"
  | "stopped"
  | "finished"
  | "failed"
  | "interrupted";

const PHASES: readonly TrainingPhase[] = [
  "starting",
  "running",
  "pausing",
  "paused",
  "stopping",
  "stopped",
  "finished",
  "failed",
  "interrupted",
];

/** Phases in which no process trains the run. */
export const ENDED_PHASES: readonly TrainingPhase[] = [
  "stopped",
  "finished",
  "failed",
  "interrupted",
];

/** What a training process tells of itself. */
export interface TrainingStatus {
  readonly phase: TrainingPhase;
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  /** Weighted losses of the newest step, and their sum. */
  readonly losses: Readonly<Record<string, number>>;
  readonly loss: number | null;
  readonly filmsPerSecond: number | null;
  readonly etaSeconds: number | null;
  /** The schedule's peak. */
  readonly learningRate: number;
  /** What is being done before the first step and after the last, or why the training ended. */
  readonly message: string;
}

export const statusSchema: z.ZodType<TrainingStatus> = z.object({
  phase: z.enum(PHASES as [TrainingPhase, ...TrainingPhase[]]),
  step: z.number(),
  totalSteps: z.number(),
  losses: z.record(z.string(), z.number()),
  loss: z.number().nullable(),
  filmsPerSecond: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  learningRate: z.number(),
  message: z.string(),
});

/** What may be asked of a training process. */
export type TrainingRequest =
  | { readonly kind: "pause" | "resume" | "stop" | "sample" }
  | { readonly kind: "setLearningRate"; readonly learningRate: number };

export const requestSchema: z.ZodType<TrainingRequest> = z.union([
  z.object({ kind: z.enum(["pause", "resume", "stop", "sample"]) }),
  z.object({ kind: z.literal("setLearningRate"), learningRate: z.number() }),
]);

/** The answer: for a sample its step and the picture's name in the run folder. */
export interface TrainingReply {
  readonly step: number;
  readonly file?: string;
  /** Set when it could not be done. */
  readonly error?: string;
}

export const replySchema: z.ZodType<TrainingReply> = z.object({
  step: z.number(),
  file: z.string().optional(),
  error: z.string().optional(),
}) as z.ZodType<TrainingReply>;

/** How a training process was started, so that it can be started again. */
export interface TrainingOrder {
  readonly device: "auto" | "cpu" | "webgpu" | "cuda" | "tensorflow";
  /** Main module of the tf.js package that the device "tensorflow" takes, seen from where the training was started. */
  readonly tfjsPackage?: string | undefined;
  /** One per physical core when omitted. */
  readonly numThreads?: number | undefined;
  readonly checkpointEverySteps: number;
  /** Whether the training stops, with a checkpoint, when the process that started it ends. */
  readonly endsWithKernel: boolean;
  /** How far the process steps back for others, 0 to 19 as in Unix. */
  readonly niceness: number;
  /** Where a folder's resized films are kept. */
  readonly cacheDir?: string | undefined;
  /** The diffusion models that are trained after the autoencoder; none when omitted. */
  readonly diffusion?: DiffusionOrder | undefined;
}

/** Steps of each diffusion model, and the source of its sentence encoder if it has one. */
export interface DiffusionOrder {
  readonly steps: Readonly<Record<"pathology" | "identity", number>>;
  readonly sentences?: string | undefined;
}

export const orderSchema: z.ZodType<TrainingOrder> = z.object({
  device: z.enum(["auto", "cpu", "webgpu", "cuda", "tensorflow"]),
  tfjsPackage: z.string().optional(),
  numThreads: z.number().int().positive().optional(),
  checkpointEverySteps: z.number().int().positive(),
  endsWithKernel: z.boolean(),
  niceness: z.number().int().min(0).max(19),
  cacheDir: z.string().optional(),
  diffusion: z
    .object({
      steps: z.object({
        pathology: z.number().int().positive(),
        identity: z.number().int().positive(),
      }),
      sentences: z.string().optional(),
    })
    .optional(),
});

/** Bytes of the status file: it is written in place, so that a full disk cannot keep a training from saying so. */
export const STATUS_BYTES = 4096;

/** The files of a run's `control` folder. */
export interface ControlFiles {
  readonly folder: string;
  readonly lock: string;
  readonly status: string;
  readonly order: string;
  readonly log: string;
  readonly requests: string;
  readonly replies: string;
}

export function controlFiles(runFolder: string): ControlFiles {
  const folder = path.join(runFolder, "control");
  const at = (name: string) => path.join(folder, name);
  return {
    folder,
    lock: at("lock"),
    status: at("status.json"),
    order: at("order.json"),
    log: at("log.txt"),
    requests: at("requests"),
    replies: at("replies"),
  };
}
