import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { cpus, homedir } from "node:os";
import path from "node:path";
import { threadId } from "node:worker_threads";

const MAX_GRAPHS = 64;
const MAX_BYTES = 256 * 2 ** 20;
const SUFFIX = ".graph";
const DRAFT = ".draft";
const DRAFT_LIFE_MS = 3_600_000;
const SEAL_BYTES = 32;

/** Where compiled graphs are kept: `counterlab/graphs` in the user's cache folder. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env["XDG_CACHE_HOME"] ??
    (process.platform === "win32" ? env["LOCALAPPDATA"] : undefined) ??
    path.join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache");
  return path.join(base, "counterlab", "graphs");
}

/**
 * What came out of a compilation, on disk, by what went into it. A file tells by its first bytes whether it is whole and
 * belongs to its name; otherwise it counts as absent. At most 64 files and 256 MiB are kept, those used last.
 */
export class GraphCache {
  readonly #dir: string;
  readonly #about: string;

  /** @param about What all results depend on; the processor is added. */
  constructor(dir: string, about: readonly string[]) {
    this.#dir = dir;
    this.#about = JSON.stringify([...about, process.arch, cpus()[0]?.model]);
  }

  /** The name of what is made of `source`. */
  keyOf(source: Uint8Array | string): string {
    return createHash("sha256").update(this.#about).update(source).digest("hex");
  }

  read(key: string): Uint8Array | undefined {
    const file = this.#fileOf(key);
    try {
      const sealed = readFileSync(file);
      const bytes = sealed.subarray(SEAL_BYTES);
      if (!sealed.subarray(0, SEAL_BYTES).equals(sealOf(key, bytes))) {
        this.drop(key);
        return undefined;
      }
      const now = new Date();
      utimesSync(file, now, now);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Keeps a result and drops those beyond the limits. A folder that cannot be written costs time only. */
  write(key: string, bytes: Uint8Array): void {
    try {
      mkdirSync(this.#dir, { recursive: true });
      // Moved to its place when it is whole: others may read meanwhile.
      const draft = this.#draftOf(key);
      writeFileSync(draft, Buffer.concat([sealOf(key, bytes), bytes]));
      renameSync(draft, this.#fileOf(key));
      this.#sweep();
    } catch {
      // Another process may have moved or dropped the same files.
    }
  }

  /** A file that something else writes a result to before `adopt`; undefined when the folder cannot be made. */
  draft(key: string): string | undefined {
    try {
      mkdirSync(this.#dir, { recursive: true });
      return `${this.#draftOf(key)}.onnx`;
    } catch {
      return undefined;
    }
  }

  /** Keeps what is in a draft. */
  adopt(draft: string, key: string): void {
    try {
      const bytes = readFileSync(draft);
      rmSync(draft);
      this.write(key, bytes);
    } catch {
      // It was not written.
    }
  }

  drop(key: string): void {
    rmSync(this.#fileOf(key), { force: true });
  }

  #fileOf(key: string): string {
    return path.join(this.#dir, `${key}${SUFFIX}`);
  }

  #draftOf(key: string): string {
    return `${this.#fileOf(key)}.${process.pid}-${threadId}${DRAFT}`;
  }

  #sweep(): void {
    const files = readdirSync(this.#dir).map((name) => {
      const file = path.join(this.#dir, name);
      const { mtimeMs, size } = statSync(file);
      return { file, mtimeMs, size };
    });
    let [count, bytes] = [0, 0];
    for (const { file, mtimeMs, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      if (file.endsWith(SUFFIX)) {
        bytes += size;
        if (++count > MAX_GRAPHS || bytes > MAX_BYTES) rmSync(file, { force: true });
      } else if (file.includes(DRAFT) && Date.now() - mtimeMs > DRAFT_LIFE_MS) {
        // Of a process that was ended while it wrote.
        rmSync(file, { force: true });
      }
    }
  }
}

function sealOf(key: string, bytes: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(bytes).digest();
}
