import { shadowName, type CompiledCell } from "../cells/index.ts";

/** The names that cells declared: each is a global property, so closures and later cells share one variable. */
export class NotebookNames {
  /** Names that a cell may not overwrite for everybody, because Node or the kernel has them. */
  readonly reserved: ReadonlySet<string>;
  readonly #shadowed = new Set<string>();
  readonly #properties = new Map<string, string>();

  /** @param taken Names beside Node's globals that cells may not overwrite for everybody. */
  constructor(taken: readonly string[]) {
    this.reserved = new Set([...Object.getOwnPropertyNames(globalThis), ...taken]);
  }

  /** Reserved names that cells declared for themselves. */
  get shadowed(): ReadonlySet<string> {
    return this.#shadowed;
  }

  /** Each name, and the global property that holds it. */
  get properties(): ReadonlyMap<string, string> {
    return this.#properties;
  }

  /** Makes a name one of the notebook's; returns the global property that holds it. */
  declare(name: string): string {
    const isReserved = this.reserved.has(name);
    const property = isReserved ? shadowName(name) : name;
    const shadowed = isReserved ? [name] : [];
    this.bind({ names: [property], declared: new Map([[name, property]]), shadowed });
    return property;
  }

  /** Makes the globals that a cell assigns; ones that exist keep their value until then. */
  bind({ names, shadowed, declared }: Pick<CompiledCell, "names" | "shadowed" | "declared">): void {
    for (const [name, property] of declared) this.#properties.set(name, property);
    for (const name of shadowed) this.#shadowed.add(name);
    const globals = globalThis as Record<string, unknown>;
    for (const name of names) if (!Object.hasOwn(globals, name)) globals[name] = undefined;
  }

  values(): Map<string, unknown> {
    const globals = globalThis as Record<string, unknown>;
    return new Map([...this.#properties].map(([name, property]) => [name, globals[property]]));
  }

  /** Forgets every variable but those of `kept`. */
  forget(kept: ReadonlyMap<string, string>): void {
    for (const [name, property] of this.#properties) {
      if (kept.has(name)) continue;
      Reflect.deleteProperty(globalThis, property);
      this.#properties.delete(name);
      this.#shadowed.delete(name);
    }
  }
}
