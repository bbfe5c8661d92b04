import { randomUUID } from "node:crypto";
import type { Header } from "../protocol/index.ts";
import { ExecutionQueue, type ExecutionTurn } from "./execution-queue.ts";

/** A request for a subshell that was never made, or was deleted. */
export class UnknownSubshellError extends Error {
  override readonly name = "UnknownSubshellError";
}

export interface SubshellsOptions {
  /** Runs one request; resolves when the next of the same subshell may start, and never rejects. */
  readonly run: (turn: ExecutionTurn) => Promise<void>;
  /** Answers a request that will not run. */
  readonly abort: (turn: ExecutionTurn) => void;
}

/** The main shell and its subshells (JEP 91): a queue of cells each, so that one runs while another awaits. */
export class Subshells {
  readonly #options: SubshellsOptions;
  readonly #main: ExecutionQueue;
  readonly #others = new Map<string, ExecutionQueue>();

  constructor(options: SubshellsOptions) {
    this.#options = options;
    this.#main = new ExecutionQueue(options.run);
  }

  /** Makes a subshell; returns its id. */
  create(): string {
    const id = randomUUID();
    this.#others.set(id, new ExecutionQueue(this.#options.run));
    return id;
  }

  /** Takes no more requests; what runs there ends by itself. @throws UnknownSubshellError */
  delete(id: string): void {
    const queue = this.#find(id);
    this.#others.delete(id);
    for (const turn of queue.takeWaiting()) this.#options.abort(turn);
  }

  list(): string[] {
    return [...this.#others.keys()];
  }

  /** The queue that a request goes to. @throws UnknownSubshellError */
  queueOf({ subshell_id: id }: Header): ExecutionQueue {
    return id == null ? this.#main : this.#find(id);
  }

  /** Takes out every request that waits behind `header` in its subshell; without it, in every one. */
  takeWaiting(header?: Header): ExecutionTurn[] {
    if (header === undefined) return this.#queues().flatMap((queue) => queue.takeWaiting());
    const { subshell_id: id } = header;
    // A deleted subshell has no queue, but its last cell still ends.
    const queue = id == null ? this.#main : this.#others.get(id);
    return queue?.takeWaiting() ?? [];
  }

  /** What runs now; the main shell's comes first. */
  running(): ExecutionTurn[] {
    return this.#queues().flatMap(({ running }) => (running === undefined ? [] : [running]));
  }

  #queues(): ExecutionQueue[] {
    return [this.#main, ...this.#others.values()];
  }

  #find(id: unknown): ExecutionQueue {
    const queue = typeof id === "string" ? this.#others.get(id) : undefined;
    if (queue === undefined) {
      throw new UnknownSubshellError(
        `there is no subshell ${JSON.stringify(id)}; there are ${this.list().join(", ") || "none"}`,
      );
    }
    return queue;
  }
}
