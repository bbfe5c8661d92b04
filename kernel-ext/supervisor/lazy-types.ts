import type { CompleteReply, InspectReply } from "../protocol/index.ts";
import type {
  CheckOptions,
  TypeProblem,
  TypeService,
  TypeServiceOptions,
} from "./type-service/index.ts";

/** The type service, loaded on first use: the kernel can answer a lot without it. */
export class LazyTypes {
  readonly #options: TypeServiceOptions;
  #types: Promise<TypeService> | undefined;
  #isClosed = false;

  constructor(options: TypeServiceOptions) {
    this.#options = options;
  }

  /** Starts it ahead of the first use. */
  async warmUp(): Promise<void> {
    if (this.#isClosed) return;
    const types = await this.#load();
    types.warmUp();
  }

  /** Adds a cell; whatever goes wrong with that is none of the cell's business. */
  async add(code: string): Promise<void> {
    try {
      await (await this.#load()).add(code);
    } catch (error) {
      this.#note("added to the types", error);
    }
  }

  /** Adds a cell and finds its type errors: none when that fails. */
  async check(code: string, options?: CheckOptions): Promise<TypeProblem[]> {
    try {
      return await (await this.#load()).check(code, options);
    } catch (error) {
      this.#note("checked", error);
      return [];
    }
  }

  #note(what: string, error: unknown): void {
    if (!this.#isClosed) this.#options.log(`a cell was not ${what}: ${String(error)}`);
  }

  async complete(code: string, cursor: number): Promise<CompleteReply> {
    const types = await this.#load();
    return types.complete(code, cursor);
  }

  async inspect(code: string, cursor: number): Promise<InspectReply> {
    const types = await this.#load();
    return types.inspect(code, cursor);
  }

  async clear(): Promise<void> {
    const types = await this.#types;
    types?.clear();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const types = await this.#types;
    types?.close();
  }

  #load(): Promise<TypeService> {
    this.#types ??= import("./type-service/index.ts").then(
      (module) => new module.TypeService(this.#options),
    );
    return this.#types;
  }
}
