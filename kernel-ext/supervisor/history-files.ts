import { appendFile, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";

/** One input of one session. */
export interface HistoryRecord {
  readonly session: number;
  readonly line: number;
  readonly input: string;
}

export interface HistoryFilesOptions {
  readonly dir: string;
  readonly log: (line: string) => void;
  /** How many sessions are kept, and how large they may be together. */
  readonly maxSessions?: number;
  readonly maxBytes?: number;
  /** What one session may write, and how long one of its inputs may be. */
  readonly maxSessionBytes?: number;
  readonly maxInputBytes?: number;
}

const writeAfterMs = 500;
const suffix = ".jsonl";
const privateFile = 0o600;
const privateDir = 0o700;

/**
 * Inputs on disk, one file a session, readable by the user alone. A session's number is the name of its file, taken by creating it,
 * so that kernels side by side need no lock.
 */
export class HistoryFiles {
  readonly #options: Required<HistoryFilesOptions>;
  #session: Promise<number> | undefined;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writtenBytes = 0;

  constructor(options: HistoryFilesOptions) {
    this.#options = {
      ...{ maxSessions: 1000, maxBytes: 16 * 2 ** 20 },
      ...{ maxSessionBytes: 4 * 2 ** 20, maxInputBytes: 64 * 2 ** 10 },
      ...options,
    };
  }

  /** The number of this session. */
  session(): Promise<number> {
    this.#session ??= this.#takeSession();
    return this.#session;
  }

  /** Keeps an input; it is written soon, and by `flush` at the latest. */
  append(line: number, input: string): void {
    const text = `${JSON.stringify({ line, input })}\n`;
    const size = Buffer.byteLength(text);
    const { maxInputBytes, maxSessionBytes } = this.#options;
    if (size > maxInputBytes || this.#writtenBytes + size > maxSessionBytes) return;
    this.#writtenBytes += size;
    this.#pending.push(text);
    // Opening a file for every cell would take longer than a small cell.
    this.#timer ??= setTimeout(() => void this.flush(), writeAfterMs).unref();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length > 0) this.#writing ??= this.#write();
    await this.#writing;
  }

  /** What earlier and neighbouring sessions wrote, oldest session first. */
  async others(): Promise<HistoryRecord[]> {
    const own = await this.session();
    const records: HistoryRecord[] = [];
    for (const session of await this.#list()) {
      if (session === own) continue;
      const text = await readFile(this.#file(session), "utf8").catch(() => "");
      for (const row of text.split("\n")) {
        const record = parseRow(row);
        if (record !== undefined) records.push({ session, ...record });
      }
    }
    return records;
  }

  async #write(): Promise<void> {
    try {
      const file = this.#file(await this.session());
      while (this.#pending.length > 0) {
        const text = this.#pending.join("");
        this.#pending = [];
        await appendFile(file, text, { mode: privateFile });
      }
    } catch (error) {
      this.#pending = [];
      this.#options.log(`history is not kept: ${String(error)}`);
    } finally {
      this.#writing = undefined;
    }
  }

  async #takeSession(): Promise<number> {
    const { dir, log } = this.#options;
    try {
      await mkdir(dir, { recursive: true, mode: privateDir });
      const sessions = await this.#prune();
      for (let session = (sessions.at(-1) ?? 0) + 1; ; session += 1) {
        try {
          await (await open(this.#file(session), "wx", privateFile)).close();
          return session;
        } catch (error) {
          // Another kernel was faster.
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
      }
    } catch (error) {
      log(`history is not kept: ${String(error)}`);
      return 1;
    }
  }

  /** Removes the oldest sessions that are too many; returns the others. */
  async #prune(): Promise<number[]> {
    const { maxSessions, maxBytes } = this.#options;
    const sessions = await this.#list();
    let keptBytes = 0;
    let kept = 0;
    for (const session of sessions.toReversed()) {
      const { size } = await stat(this.#file(session)).catch(() => ({ size: 0 }));
      keptBytes += size;
      if (kept < maxSessions - 1 && keptBytes <= maxBytes) kept += 1;
      else await rm(this.#file(session), { force: true });
    }
    return sessions;
  }

  async #list(): Promise<number[]> {
    const names = await readdir(this.#options.dir).catch(() => []);
    return names
      .filter((name) => /^\d+\.jsonl$/.test(name))
      .map((name) => Number(name.slice(0, -suffix.length)))
      .sort((a, b) => a - b);
  }

  #file(session: number): string {
    return path.join(this.#options.dir, `${session}${suffix}`);
  }
}

function parseRow(row: string): Omit<HistoryRecord, "session"> | undefined {
  try {
    const { line, input } = JSON.parse(row) as Partial<HistoryRecord>;
    return typeof line === "number" && typeof input === "string" ? { line, input } : undefined;
  } catch {
    // The last row of a session that was killed while it wrote.
    return undefined;
  }
}
