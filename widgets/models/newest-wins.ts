/** Work on a list of wishes that changes under way: one at a time, always from the newest list. */
export interface NewestWins<Wish> {
  /** Replaces the list. The wish being worked on is aborted unless it is on the new list. */
  want(wishes: readonly Wish[]): void;
  /** Resolves once no wish is left or being worked on; at once when that is so now. */
  settled(): Promise<void>;
  /** Forgets all wishes and aborts the one being worked on. */
  stop(): void;
}

export interface NewestWinsOptions<Wish> {
  /** What makes two wishes the same one. */
  readonly keyOf: (wish: Wish) => string;
  /** Grants one wish; must not reject (turn failures into results). */
  readonly grant: (wish: Wish, signal: AbortSignal) => Promise<void>;
  /** Waits between two wishes, so that messages get their turn. */
  readonly pause: () => Promise<void>;
}

/** Makes an empty list; nothing runs until `want`. */
export function newestWins<Wish>({
  keyOf,
  grant,
  pause,
}: NewestWinsOptions<Wish>): NewestWins<Wish> {
  let wishes: readonly Wish[] = [];
  let current: { readonly key: string; readonly abort: AbortController } | undefined;
  let isRunning = false;
  let waiters: (() => void)[] = [];

  async function run(): Promise<void> {
    isRunning = true;
    for (let wish = wishes[0]; wish !== undefined; wish = wishes[0]) {
      const abort = new AbortController();
      current = { key: keyOf(wish), abort };
      await grant(wish, abort.signal);
      const { key } = current;
      current = undefined;
      // An aborted wish may have been wished for again meanwhile: then it stays on the list.
      if (!abort.signal.aborted) wishes = wishes.filter((other) => keyOf(other) !== key);
      await pause();
    }
    isRunning = false;
    const resolvers = waiters;
    waiters = [];
    for (const resolve of resolvers) resolve();
  }

  return {
    want(newest) {
      wishes = [...newest];
      if (current !== undefined && !wishes.some((wish) => keyOf(wish) === current!.key)) {
        current.abort.abort();
      }
      if (!isRunning) void run();
    },
    settled: () =>
      isRunning ? new Promise((resolve) => void waiters.push(resolve)) : Promise.resolve(),
    stop() {
      wishes = [];
      current?.abort.abort();
    },
  };
}
