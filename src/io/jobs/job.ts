import { createHash } from "node:crypto";

/** A piece of work that every process of the same code does alike. */
export interface Job {
  /** Hash of task, code and input: equal work has equal names, wherever it comes from. */
  readonly id: string;
  /** What a person calls its input, as in "films 65 to 128". */
  readonly name: string;
  /** Which of the worker's tasks. */
  readonly task: string;
  /** The code that it is for, as `codeFingerprint` tells it. */
  readonly code: string;
  /** What JSON can hold. */
  readonly input: unknown;
}

/** Names a piece of work. */
export function createJob(work: Omit<Job, "id">): Job {
  const { task, code, input } = work;
  const hash = createHash("sha256").update(JSON.stringify([task, code, input]));
  return { ...work, id: hash.digest("hex").slice(0, 40) };
}

/**
 * Where jobs are done: in this process, in others of this machine, or by whoever takes them from Redis.
 * Each job is tried again where a worker died under it; nothing else is done twice.
 */
export interface JobQueue {
  /** Where jobs go when they leave this process and its children, as it may be shown. */
  readonly remote?: string;
  /** How many jobs it is worth having under way at once. */
  readonly window: number;
  /**
   * Has a job done.
   *
   * @returns What the task returned.
   * @throws JobError when this job fails for good, JobQueueError when no job can be done any more.
   */
  run(job: Job, signal: AbortSignal): Promise<unknown>;
  /** Told when a job's result is kept elsewhere: the queue need not hold it any longer. */
  forget(job: Job): Promise<void>;
  close(): Promise<void>;
}

/** What a queue has to say while it works: workers lost, jobs tried again, connections gone. */
export type QueueNotice = (message: string) => void;

/** One job failed for good; others are none the worse. */
export class JobError extends Error {
  override readonly name = "JobError";
}

/** No job can be done any more; what is done stays done. */
export class JobQueueError extends Error {
  override readonly name = "JobQueueError";
}

/** Thrown by a task that this worker cannot do, but another may: a folder or a device is not here. */
export class JobRefusal extends Error {
  override readonly name = "JobRefusal";
}
