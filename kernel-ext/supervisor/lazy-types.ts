import type { CompleteReply, InspectReply } from "../protocol/index.ts";
import type {
  CheckOptions,
  TypeProblem,
  TypeService,
  TypeServiceOptions,
} from "./type-service/index.ts";
import { Lull } from "./lull.ts";

export interface AddOptions {
  /** Whether this may wait for a pause between cells, because nobody waits for it. */
  readonly later?: boolean;
}

/** Whoever reads what a cell printed does not see this delay; a cell that is sent after the other takes less. */
const pauseMs = 10;
/** Type errors of a long row of cells come after the first of them as late as this. */
const maxPauseMs = 250;

/** The type service, loaded on first use: the kernel can answer a lot without it. */
export class LazyTypes {
  readonly #options: TypeServiceOptions;
  #types: Promise<TypeService> | undefined;
  readonly #lull = new Lull({ quietMs: pauseMs, maxMs: maxPauseMs });
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
  async add(code: string, { later = false }: AddOptions = {}): Promise<void> {
    try {
      await (await this.#take(later)).add(code);
    } catch (error) {
      this.#note("added to the types", error);
    }
  }

  /** Adds a cell and finds its type errors: none when that fails. */
  async check(
    code: string,
    { later = false, ...options }: AddOptions & CheckOptions = {},
  ): Promise<TypeProblem[]> {
    try {
      return await (await this.#take(later)).check(code, options);
    } catch (error) {
      this.#note("checked", error);
      return [];
    }
  }

  #note(what: string, error: unknown): void {
    if (!this.#isClosed) this.#options.log(`a cell was not ${what}: ${String(error)}`);
  }

  async complete(code: string, cursor: number): Promise<CompleteReply> {
    const types = await this.#take();
    return types.complete(code, cursor);
  }

  async inspect(code: string, cursor: number): Promise<InspectReply> {
    const types = await this.#take();
    return types.inspect(code, cursor);
  }

  async clear(): Promise<void> {
    if (this.#types !== undefined) (await this.#take()).clear();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const types = await this.#types;
    types?.close();
  }

  /** The service, when it is this request's turn. */
  async #take(later = false): Promise<TypeService> {
    const pause = this.#lull.pause();
    if (!later) this.#lull.end();
    await pause;
    return this.#load();
  }

  #load(): Promise<TypeService> {
    this.#types ??= import("./type-service/index.ts").then(
      (module) => new module.TypeService(this.#options),
    );
    return this.#types;
  }
}
