import { JobRefusal, type Job } from "./job.ts";

/** Does one kind of work: the job's input in, what JSON can hold out; `tell` says how far it is. */
export type JobTask = (input: unknown, tell: (message: string) => void) => Promise<unknown>;

/** What became of a job that a worker was given. */
export type JobAnswer =
  | { readonly kind: "done"; readonly output: unknown }
  /** The same input fails everywhere and always. */
  | { readonly kind: "failed"; readonly message: string }
  /** The machine was at fault: full disk, lost network folder. */
  | { readonly kind: "passing"; readonly message: string }
  /** Not by this worker. */
  | { readonly kind: "refused"; readonly message: string };

/** Does a job by one of a worker's tasks; whatever happens is an answer. */
export async function performJob(
  { task: name, code, input }: Pick<Job, "task" | "code" | "input">,
  {
    tasks,
    code: ownCode,
    tell,
  }: {
    readonly tasks: Readonly<Record<string, JobTask>>;
    readonly code: string;
    readonly tell: (message: string) => void;
  },
): Promise<JobAnswer> {
  if (code !== ownCode) {
    const message = `the job is for Counterlab ${code}, this worker is ${ownCode}. Install the same code on both sides.`;
    return { kind: "refused", message };
  }
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) return { kind: "refused", message: `it has no task "${name}".` };
  try {
    return { kind: "done", output: await task(input, tell) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof JobRefusal) return { kind: "refused", message };
    return { kind: isPassing(error) ? "passing" : "failed", message };
  }
}

/** What the system refuses now it may grant later; what a program gets wrong it gets wrong again. */
function isPassing(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    if (code !== undefined && PASSING.has(code)) return true;
  }
  return false;
}

const PASSING: ReadonlySet<string> = new Set([
  ...["EAGAIN", "EBUSY", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "ESTALE"],
  ...["ECONNRESET", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EPIPE", "ETIMEDOUT"],
]);
