import { deferred, type Deferred } from "./deferred.ts";

export interface LullOptions {
  /** How long nothing must stir. */
  readonly quietMs: number;
  /** What has waited as long as this goes on in any case. */
  readonly maxMs: number;
}

/** Lets work wait for a pause between the requests that come one upon the other. */
export class Lull {
  readonly #options: LullOptions;
  #waiting: Deferred<undefined> | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout | undefined;

  constructor(options: LullOptions) {
    this.#options = options;
  }

  /** Resolves in the next pause; whoever waits goes on in the order of coming. */
  async pause(): Promise<void> {
    const { quietMs, maxMs } = this.#options;
    if (this.#waiting === undefined) {
      this.#waiting = deferred();
      const end = (): void => {
        this.end();
      };
      this.#quiet = setTimeout(end, quietMs).unref();
      this.#limit = setTimeout(end, maxMs).unref();
    } else this.#quiet?.refresh();
    await this.#waiting.promise;
  }

  /** Ends the waiting now. */
  end(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#limit);
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
  }
}
