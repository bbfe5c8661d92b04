import type { HistoryEntry, HistoryRequest } from "../protocol/index.ts";

/** Inputs of this session, oldest first, at most `maxEntries` of them. */
export class History {
  readonly #maxEntries: number;
  readonly #entries: { readonly line: number; readonly input: string }[] = [];

  constructor({ maxEntries = 10_000 }: { readonly maxEntries?: number } = {}) {
    this.#maxEntries = maxEntries;
  }

  add(line: number, input: string): void {
    this.#entries.push({ line, input });
    if (this.#entries.length > this.#maxEntries) this.#entries.shift();
  }

  /** Answers a history request; session numbers 0 and 1 both mean this session. */
  find({
    hist_access_type: access = "tail",
    session = 0,
    start = 1,
    stop,
    n = 10,
    pattern = "*",
    unique = false,
    output = false,
  }: HistoryRequest): HistoryEntry[] {
    let found = this.#entries;
    if (access === "range") {
      if (session < 0 || session > 1) return [];
      found = found.filter(({ line }) => line >= start && (stop == null || line < stop));
    } else {
      if (access === "search") {
        const glob = globPattern(pattern);
        found = found.filter(({ input }) => glob.test(input));
        if (unique)
          found = found.filter(
            ({ input }, at) => found.findLastIndex((e) => e.input === input) === at,
          );
      }
      found = n > 0 ? found.slice(-n) : [];
    }
    return found.map(({ line, input }) => [1, line, output ? [input, null] : input]);
  }
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
