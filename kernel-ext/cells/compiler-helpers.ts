interface Disposable {
  readonly dispose: () => unknown;
  readonly isAsync: boolean;
}

type Decorator = (...args: unknown[]) => unknown;

/** The run-time half of what the compiler lowers, under the names it calls: `using`, and decorators from before the standard. */
export const compilerHelpers = {
  decorate(decorators: readonly Decorator[], target: object, key?: string | symbol): unknown {
    const isMember = key !== undefined;
    let current: unknown = isMember ? Object.getOwnPropertyDescriptor(target, key) : target;
    for (const decorator of [...decorators].reverse()) {
      current = (isMember ? decorator(target, key, current) : decorator(current)) ?? current;
    }
    if (isMember && current !== undefined) Object.defineProperty(target, key, current as object);
    return current;
  },
  decorateParam:
    (index: number, decorator: Decorator): Decorator =>
    (target, key) =>
      decorator(target, key, index),

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
