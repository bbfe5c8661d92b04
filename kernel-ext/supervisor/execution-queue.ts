import type { ExecuteRequest, Message } from "../protocol/index.ts";

export interface ExecutionTurn {
  readonly message: Message;
  readonly request: ExecuteRequest;
}

export interface ExecutionQueueOptions {
  /** Runs one request; resolves when the next may start. */
  readonly run: (turn: ExecutionTurn) => Promise<void>;
  /** Answers a request that is not run because one before it failed. */
  readonly abort: (turn: ExecutionTurn) => void;
}

/** Execute requests in the order of their arrival, one at a time. */
export class ExecutionQueue {
  readonly #options: ExecutionQueueOptions;
  readonly #waiting: ExecutionTurn[] = [];
  #running: ExecutionTurn | undefined;

  constructor(options: ExecutionQueueOptions) {
    this.#options = options;
  }

  get running(): ExecutionTurn | undefined {
    return this.#running;
  }

  add(turn: ExecutionTurn): void {
    this.#waiting.push(turn);
    if (this.#running === undefined) void this.#work();
  }

  /** Takes out every request that waits. */
  takeWaiting(): ExecutionTurn[] {
    return this.#waiting.splice(0);
  }

  abortWaiting(): void {
    for (const turn of this.takeWaiting()) this.#options.abort(turn);
  }

  async #work(): Promise<void> {
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      this.#running = turn;
      await this.#options.run(turn);
    }
    this.#running = undefined;
  }
}
