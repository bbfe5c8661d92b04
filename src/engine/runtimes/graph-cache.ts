import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { cpus, homedir } from "node:os";
import path from "node:path";

const MAX_GRAPHS = 64;
const SUFFIX = ".onnx";

/** Where optimized graphs are kept: `counterlab/graphs` in the user's cache folder. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env["XDG_CACHE_HOME"] ??
    (process.platform === "win32" ? env["LOCALAPPDATA"] : undefined) ??
    path.join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache");
  return path.join(base, "counterlab", "graphs");
}

/**
 * Graphs as ONNX Runtime has optimized them, on disk. Optimizing takes three quarters of a session's start. What comes
 * out depends on the graph, on ONNX Runtime, on its options and on the processor: all are in the name.
 */
export class GraphCache {
  readonly #dir: string;
  readonly #about: string;

  /** @param about What else a graph depends on. */
  constructor(dir: string, about: readonly string[]) {
    this.#dir = dir;
    this.#about = JSON.stringify([...about, process.arch, cpus()[0]?.model]);
  }

  /** The file of an optimized graph; it need not exist. */
  fileOf(model: Uint8Array): string {
    const hash = createHash("sha256").update(this.#about).update(model).digest("hex");
    return path.join(this.#dir, `${hash}${SUFFIX}`);
  }

  read(file: string): Uint8Array | undefined {
    try {
      return readFileSync(file);
    } catch {
      return undefined;
    }
  }

  /** A name to write to before `keep`, in the same folder; undefined when the folder cannot be made. */
  draftOf(file: string): string | undefined {
    try {
      mkdirSync(this.#dir, { recursive: true });
      return `${file}.${process.pid}.draft`;
    } catch {
      return undefined;
    }
  }

  /** Moves a finished draft to its place and drops the oldest graphs beyond the 64 newest. */
  keep(draft: string, file: string): void {
    try {
      renameSync(draft, file);
      const files = readdirSync(this.#dir)
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => path.join(this.#dir, name));
      if (files.length <= MAX_GRAPHS) return;
      const age = new Map(files.map((name) => [name, statSync(name).mtimeMs]));
      files.sort((a, b) => age.get(b)! - age.get(a)!);
      for (const old of files.slice(MAX_GRAPHS)) rmSync(old, { force: true });
    } catch {
      // Another process may have moved or dropped the same files; a cache that is not written costs time only.
    }
  }

  drop(file: string): void {
    rmSync(file, { force: true });
  }
}
