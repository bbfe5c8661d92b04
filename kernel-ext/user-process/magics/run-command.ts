import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { ShellPart } from "../../cells/index.ts";

export interface CommandOptions {
  /** Program that reads the command: the system's shell, or e.g. `bash`. */
  readonly shell?: string;
  /** Aborted when the cell is stopped: ends the command and what it started. */
  readonly signal: AbortSignal;
  readonly onText: (name: "stdout" | "stderr", text: string) => void;
}

/** Runs a shell command in the working folder; resolves to its exit code, or the signal that ended it. */
export function runCommand(
  command: string,
  { shell, signal, onText }: CommandOptions,
): Promise<number | NodeJS.Signals> {
  const child = spawn(command, {
    shell: shell ?? true,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const stop = (): void => {
    endTree(child.pid);
  };
  signal.addEventListener("abort", stop, { once: true });
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    child[name].on("data", (chunk: Buffer) => {
      onText(name, decoder.write(chunk));
    });
    child[name].on("end", () => {
      onText(name, decoder.end());
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, endSignal) => {
      signal.removeEventListener("abort", stop);
      resolve(code ?? endSignal ?? 0);
    });
  });
}

/** The command that the parts make: values the notebook has are put in, the rest is left to the shell. */
export function commandText(parts: readonly ShellPart[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      const [raw, value] = part;
      try {
        return String(value());
      } catch (error) {
        if (error instanceof ReferenceError) return raw;
        throw error;
      }
    })
    .join("");
}

/** Ends a process and all below it; a shell alone would leave its commands running. */
function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const child of childrenOf(pid)) endTree(child);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}

function childrenOf(pid: number): number[] {
  try {
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return ids.split(" ").filter(Boolean).map(Number);
  } catch {
    return childrenFromPs(pid);
  }
}

/** Where there is no /proc, as on macOS. */
function childrenFromPs(pid: number): number[] {
  if (process.platform === "win32" || process.platform === "linux") return [];
  try {
    const list = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    return list
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === pid)
      .map(([id]) => id!);
  } catch {
    return [];
  }
}
