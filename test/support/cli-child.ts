import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** A `counterlab` command in a process of its own. */
export interface CliChild {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly out: string;
  readonly err: string;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: string | null }>;
}

/** Starts a `counterlab` command line, from sources. */
export function startCli(...args: string[]): CliChild {
  const entry = path.join(import.meta.dirname, "cli-process.ts");
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", loader, entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  const ended = new Promise<{ status: number | null; signal: string | null }>((resolve) => {
    child.once("close", (status, signal) => {
      resolve({ status, signal });
    });
  });
  return {
    process: child,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    ended,
  };
}
