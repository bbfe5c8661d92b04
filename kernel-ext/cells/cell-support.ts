/** What rewritten cells call at run time, under the name `$counterlab`. */
export interface CellSupport extends MagicSupport {
  readonly importMeta: ImportMetaLike;
  /** A named export; CommonJS exports that Node's lexer missed are found on the default export. */
  pick(namespace: Record<string, unknown>, name: string, isRequired: boolean): unknown;
  /** The iteration of one `for await` loop. */
  steps(): AsyncSteps;
}

/** What magics and shell lines call. */
export interface MagicSupport {
  /** Runs `%name args`, or with a name that begins with `%`, the cell `%%name args`. */
  magic(name: string, args: string, body?: string | (() => unknown)): unknown;
  /** Runs a command and shows what it prints. */
  shell(...parts: readonly ShellPart[]): Promise<void>;
  /** Runs a command and gives the lines that it prints. */
  shellLines(...parts: readonly ShellPart[]): Promise<string[]>;
  startTimer(): void;
  /** Says how long it is since `startTimer`; gives the value back. */
  stopTimer<Value>(value?: Value): Value | undefined;
}

/** Text, or text that stands for a value if there is such a value. */
export type ShellPart = string | readonly [raw: string, value: () => unknown];

export interface ImportMetaLike {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  readonly resolve: (specifier: string) => string;
}

/** One `for await` loop, taken apart so that a generator can drive it. */
export interface AsyncSteps {
  value: unknown;
  open(iterable: unknown): void;
  /** Resolves to true at the end of the iteration. */
  advance(): Promise<boolean>;
  /** Tells the iterator that nobody listens any more, unless it ended by itself. */
  close(): Promise<void> | undefined;
}

export function createCellSupport(importMeta: ImportMetaLike, magics: MagicSupport): CellSupport {
  return { ...magics, importMeta, pick, steps };
}

function pick(namespace: Record<string, unknown>, name: string, isRequired: boolean): unknown {
  if (name in namespace) return namespace[name];
  const fallback = namespace["default"];
  if (isIndexable(fallback) && name in fallback) return fallback[name];
  if (!isRequired) return undefined;
  throw new SyntaxError(
    `the imported module does not export ${JSON.stringify(name)}; it exports ${Object.keys(namespace).join(", ") || "nothing"}`,
  );
}

function isIndexable(value: unknown): value is Record<string, unknown> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function steps(): AsyncSteps {
  let iterator: AsyncIterator<unknown> | undefined;
  let isSync = false;
  return {
    value: undefined,
    open(iterable) {
      const source = iterable as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
      isSync = source[Symbol.asyncIterator] == null;
      iterator = isSync
        ? ((source as Iterable<unknown>)[Symbol.iterator]() as unknown as AsyncIterator<unknown>)
        : source[Symbol.asyncIterator]!();
    },
    async advance() {
      const { done, value } = (await iterator!.next()) as IteratorResult<unknown, unknown>;
      if (done === true) iterator = undefined;
      else this.value = isSync ? await value : value;
      return done === true;
    },
    async close() {
      const open = iterator;
      iterator = undefined;
      await open?.return?.();
    },
  };
}
