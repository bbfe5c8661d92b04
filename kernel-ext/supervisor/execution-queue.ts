import type { ExecuteRequest, Message } from "../protocol/index.ts";

export interface ExecutionTurn {
  readonly message: Message;
  readonly request: ExecuteRequest;
}

/** Execute requests in the order of their arrival, one at a time. */
export class ExecutionQueue {
  /** Runs one request; resolves when the next may start, and never rejects. */
  readonly #run: (turn: ExecutionTurn) => Promise<void>;
  #waiting: ExecutionTurn[] = [];
  #running: ExecutionTurn | undefined;

  constructor(run: (turn: ExecutionTurn) => Promise<void>) {
    this.#run = run;
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
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  async #work(): Promise<void> {
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      this.#running = turn;
      await this.#run(turn);
    }
    this.#running = undefined;
  }
}
