/** What rewritten cells call at run time, under the name `$counterlab`. */
export interface CellSupport {
  readonly importMeta: ImportMetaLike;
  /** A named export; CommonJS exports that Node's lexer missed are found on the default export. */
  pick(namespace: Record<string, unknown>, name: string, isRequired: boolean): unknown;
  /** The iteration of one `for await` loop. */
  steps(): AsyncSteps;
}

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

export function createCellSupport(importMeta: ImportMetaLike): CellSupport {
  return { importMeta, pick, steps };
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

interface Disposable {
  readonly dispose: () => unknown;
  readonly isAsync: boolean;
}

/** The run-time half of a lowered `using` declaration, as the compiler expects it. */
export const usingHelpers = {
  usingCtx(): UsingContext {
    const resources: Disposable[] = [];
    const empty: unknown = {};
    const add = (value: unknown, isAsync: boolean): unknown => {
      if (value === null || value === undefined) {
        if (isAsync) resources.push({ dispose: () => undefined, isAsync });
        return value;
      }
      const keys = isAsync ? ["asyncDispose", "dispose"] : ["dispose"];
      const dispose = keys
        .map(
          (key) =>
            (Symbol as unknown as Record<string, symbol>)[key] ?? Symbol.for(`Symbol.${key}`),
        )
        .map((symbol) => (value as Record<symbol, unknown>)[symbol])
        .find((method) => typeof method === "function");
      if (dispose === undefined) throw new TypeError("`using` needs a value with Symbol.dispose");
      resources.push({
        dispose: () => Reflect.apply(dispose as () => unknown, value, []),
        isAsync,
      });
      return value;
    };
    return {
      e: empty,
      u: (value) => add(value, false),
      a: (value) => add(value, true),
      d() {
        let error = this.e;
        const keep = (next: unknown): void => {
          error = error === empty ? next : suppressed(next, error);
        };
        const unwind = (): unknown => {
          for (let resource = resources.pop(); resource !== undefined; resource = resources.pop()) {
            try {
              const result = resource.dispose();
              if (resource.isAsync) return Promise.resolve(result).catch(keep).then(unwind);
            } catch (next) {
              keep(next);
            }
          }
          if (error !== empty) throw error;
          return undefined;
        };
        return unwind();
      },
    };
  },
};

export interface UsingContext {
  e: unknown;
  u(value: unknown): unknown;
  a(value: unknown): unknown;
  d(): unknown;
}

function suppressed(error: unknown, earlier: unknown): Error {
  return Object.assign(new Error("an error was suppressed during disposal"), {
    name: "SuppressedError",
    error,
    suppressed: earlier,
  });
}
