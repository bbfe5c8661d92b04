import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import workerpool from "workerpool";
import { childEnvironment } from "../child-environment.ts";
import { waitMs } from "../clock.ts";
import { JobError, type JobQueue, type QueueNotice } from "./job.ts";
import type { JobAnswer } from "./perform-job.ts";

export interface ProcessPoolOptions {
  /** How many processes. */
  readonly workers: number;
  /** How often a job is begun whose process dies or whose machine is at fault; 3 when omitted. */
  readonly attempts?: number;
  /** A module that calls `serveJobs`; our own tasks when omitted. */
  readonly entry?: URL;
  readonly onNotice?: QueueNotice;
  /** Told what tasks say while they work. */
  readonly onTold?: (message: string) => void;
}

/** A pool of processes; `ask` gives a job to one of them, once. */
export interface ProcessPool extends JobQueue {
  ask(job: Parameters<JobQueue["run"]>[0], signal: AbortSignal): Promise<JobAnswer>;
}

const RETRY_AFTER_MS = 500;

/**
 * Does jobs in processes of this machine. They start when first needed, get neither keys nor the settings of other programs,
 * and end with this process, however it ends.
 */
export function openProcessPool({
  workers,
  attempts = 3,
  entry = ownEntry(),
  onNotice = () => undefined,
  onTold = () => undefined,
}: ProcessPoolOptions): ProcessPool {
  const pool = workerpool.pool(fileURLToPath(entry), {
    maxWorkers: workers,
    workerType: "process",
    forkOpts: {
      execArgv: entry.pathname.endsWith(".ts") ? ["--import", typescriptLoader()] : [],
      env: childEnvironment(),
      // Whatever a process prints must not mix with this one's results.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  });
  const ask: ProcessPool["ask"] = async (job, signal) => {
    signal.throwIfAborted();
    const asked = pool.exec("perform", [job], { on: onTold });
    const stop = (): void => {
      asked.cancel();
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      return (await asked) as JobAnswer;
    } catch (error) {
      signal.throwIfAborted();
      // Tasks answer whatever happens: only the process itself can fail.
      return { kind: "passing", message: `the process doing it ${howItEnded(error)}` };
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };
  return {
    window: 2 * workers,
    ask,
    run: async (job, signal) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await ask(job, signal);
        if (answer.kind === "done") return answer.output;
        if (answer.kind !== "passing") throw new JobError(`${job.name}: ${answer.message}`);
        if (attempt === attempts) {
          throw new JobError(
            `${job.name}: given up after ${attempts} attempts: ${answer.message}.`,
          );
        }
        onNotice(`${job.name}: ${answer.message}; attempt ${attempt + 1} of ${attempts}`);
        await waitMs(RETRY_AFTER_MS);
      }
    },
    forget: () => Promise.resolve(),
    close: async () => {
      await pool.terminate(true);
    },
  };
}

function howItEnded(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const signal = /signalCode: `(SIG\w+)`/.exec(message)?.[1];
  const status = /exitCode: `(\d+)`/.exec(message)?.[1];
  if (signal !== undefined) return `was ended by ${signal}`;
  return status === undefined
    ? `is gone (${message.split("\n")[0]!})`
    : `ended with status ${status}`;
}

function ownEntry(): URL {
  const isBuilt = import.meta.url.endsWith(".js");
  return new URL(`../../cli/job-process.${isBuilt ? "js" : "ts"}`, import.meta.url);
}

// Run from sources (tests, development), a process needs the TypeScript loader.
function typescriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}
