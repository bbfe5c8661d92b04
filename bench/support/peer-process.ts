import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** One timed run. */
export interface Timed {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly value: number | null;
}

/** A process that computes when asked, so that rounds of several can alternate. */
export interface PeerProcess {
  /** What it said of itself when it was ready. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Times of `count` runs, and the process's largest resident memory so far. */
  run(count: number): Promise<{ readonly rounds: readonly Timed[]; readonly peakMB: number }>;
  stop(): Promise<void>;
}

/**
 * Starts a process that says what it is in one JSON line, then answers "N" with one JSON line of N runs.
 *
 * @param threads How many threads OpenMP, OpenBLAS and MKL may use.
 * @returns undefined when the program does not exist or ends before it is ready.
 */
export async function startPeer(
  command: readonly string[],
  threads: number,
): Promise<PeerProcess | { readonly failed: string }> {
  const [program, ...args] = command as [string, ...string[]];
  const count = String(threads);
  const child = spawn(program, args, {
    env: {
      ...process.env,
      OMP_NUM_THREADS: count,
      OPENBLAS_NUM_THREADS: count,
      MKL_NUM_THREADS: count,
      TF_NUM_INTRAOP_THREADS: count,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close").catch((error: unknown) => {
    errors += String(error);
  });
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done !== true) return line.value;
    await ended;
    throw new Error(lastLine(errors));
  };
  try {
    const about = JSON.parse(await next()) as Record<string, unknown>;
    return {
      about,
      run: async (times) => {
        child.stdin.write(`${times}\n`);
        return JSON.parse(await next()) as { rounds: Timed[]; peakMB: number };
      },
      stop: async () => {
        child.stdin.end();
        await ended;
      },
    };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.includes("Error"));
  return lines.at(0) ?? text.trim().split("\n").at(-1) ?? "it ended";
}
