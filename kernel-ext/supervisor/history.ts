import type { HistoryEntry, HistoryRequest } from "../protocol/index.ts";
import type { HistoryFiles, HistoryRecord } from "./history-files.ts";

export interface HistoryOptions {
  /** Where inputs are kept; without it they are gone with the session. */
  readonly files?: HistoryFiles;
  /** How many inputs of this session are remembered. */
  readonly maxEntries?: number;
}

/** Inputs of this session, and of earlier ones that were kept on disk. */
export class History {
  readonly #files: HistoryFiles | undefined;
  readonly #maxEntries: number;
  #entries: { readonly line: number; readonly input: string }[] = [];

  constructor({ files, maxEntries = 10_000 }: HistoryOptions = {}) {
    this.#files = files;
    this.#maxEntries = maxEntries;
  }

  add(line: number, input: string): void {
    this.#entries.push({ line, input });
    // In large steps, because each moves everything.
    if (this.#entries.length >= 2 * this.#maxEntries) {
      this.#entries = this.#entries.slice(-this.#maxEntries);
    }
    this.#files?.append(line, input);
  }

  /** Answers a history request; as in IPython, session 0 is this one, -1 the one before. */
  async find({
    hist_access_type: access = "tail",
    session = 0,
    start = 1,
    stop,
    n,
    pattern = "*",
    unique = false,
    output = false,
  }: HistoryRequest): Promise<HistoryEntry[]> {
    const current = (await this.#files?.session()) ?? 1;
    const own = this.#entries
      .slice(-this.#maxEntries)
      .map((entry): HistoryRecord => ({ session: current, ...entry }));
    let found: HistoryRecord[];
    if (access === "range") {
      const wanted = session > 0 ? session : current + session;
      const records = wanted === current ? own : await this.#others();
      found = records.filter(
        (record) =>
          record.session === wanted && record.line >= start && (stop == null || record.line < stop),
      );
    } else if (access === "search") {
      const glob = globPattern(pattern);
      found = [...(await this.#others()), ...own].filter(({ input }) => glob.test(input));
      if (unique) found = newestOfEach(found);
      if (n != null) found = lastOf(found, n);
    } else {
      const count = n ?? 10;
      found = own.length >= count ? own : [...(await this.#others()), ...own];
      found = lastOf(found, count);
    }
    return found.map(({ session: from, line, input }) => [
      from,
      line,
      output ? [input, null] : input,
    ]);
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    await this.#files?.flush();
  }

  async #others(): Promise<HistoryRecord[]> {
    return (await this.#files?.others()) ?? [];
  }
}

function lastOf<Item>(items: readonly Item[], count: number): Item[] {
  return count > 0 ? items.slice(-count) : [];
}

function newestOfEach(records: readonly HistoryRecord[]): HistoryRecord[] {
  const seen = new Set<string>();
  return records
    .toReversed()
    .filter(({ input }) => !seen.has(input) && seen.add(input))
    .reverse();
}

/** `*`, `?` and `[abc]` as in IPython's history search. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[\\^$.|+(){}]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${glob.replace(/[\\^$.|+(){}[\]*?]/g, "\\$&")}$`);
  }
}
