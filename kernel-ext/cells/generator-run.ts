// Imported, because a cell may replace the globals, e.g. by a fake clock.
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers";
import { InterruptedError } from "./interrupted-error.ts";
import type { RunInterruptible } from "./interruptible.ts";

export type RunOutcome =
  | { readonly status: "returned"; readonly value: unknown }
  | { readonly status: "threw"; readonly error: unknown };

export interface GeneratorRunOptions {
  readonly runInterruptible: RunInterruptible;
  readonly onDone: (outcome: RunOutcome) => void;
}

interface Resume {
  readonly how: "next" | "throw";
  readonly value: unknown;
}

/** Longest time in which resolved promises may keep the event loop from turning. */
const longestTurnMs = 10;

/**
 * Runs a rewritten cell: each yielded value is awaited, each segment between two awaits can be interrupted.
 * It is a state machine without async functions, because a terminated stack never resumes.
 */
export class GeneratorRun {
  readonly #generator: Generator<unknown, unknown>;
  readonly #options: GeneratorRunOptions;
  /** Identifies the await in progress; continuations of an older one are void. */
  #turn = 0;
  #isSettled = false;
  #turnStartMs = 0;
  #isOnStack = false;

  constructor(generator: Generator<unknown, unknown>, options: GeneratorRunOptions) {
    this.#generator = generator;
    this.#options = options;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether a segment is running; stays true when it was terminated. */
  get isOnStack(): boolean {
    return this.#isOnStack;
  }

  start(): void {
    this.#turnStartMs = performance.now();
    this.#step({ how: "next", value: undefined });
  }

  /** Throws `InterruptedError` at the await where the cell stands; the cell's own `finally` blocks run. */
  interrupt(): void {
    if (this.#isSettled) return;
    this.#turn += 1;
    this.#step({ how: "throw", value: new InterruptedError() });
  }

  /** Ends the run without asking the cell, for one that catches interrupts or never finishes its `finally`. */
  abandon(): void {
    this.#settle({ status: "threw", error: new InterruptedError() });
  }

  #step({ how, value }: Resume): void {
    // Void until the segment returns: a terminated segment leaves no continuation behind.
    const turn = ++this.#turn;
    try {
      const isDone = this.#options.runInterruptible(() => {
        this.#isOnStack = true;
        const result = this.#generator[how](value);
        this.#isOnStack = false;
        if (result.done === true) return { value: result.value };
        this.#resumeAfter(Promise.resolve(result.value), turn);
        return undefined;
      });
      if (isDone !== undefined) this.#settle({ status: "returned", value: isDone.value });
    } catch (error) {
      this.#isOnStack = false;
      const isStuck =
        how === "throw" && value instanceof InterruptedError && isRunningAlready(error);
      this.#settle({ status: "threw", error: isStuck ? value : error });
    }
  }

  #resumeAfter(promise: Promise<unknown>, turn: number): void {
    const resume = (step: Resume): void => {
      if (turn !== this.#turn || this.#isSettled) return;
      const now = performance.now();
      if (now - this.#turnStartMs < longestTurnMs) {
        this.#step(step);
        return;
      }
      // A loop over resolved promises would starve timers, comm messages and SIGINT.
      setImmediate(() => {
        if (turn !== this.#turn || this.#isSettled) return;
        this.#turnStartMs = performance.now();
        this.#step(step);
      });
    };
    promise.then(
      (value) => {
        resume({ how: "next", value });
      },
      (error: unknown) => {
        resume({ how: "throw", value: error });
      },
    );
  }

  #settle(outcome: RunOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#options.onDone(outcome);
  }
}

/** A generator whose segment was terminated counts as running for ever. */
function isRunningAlready(error: unknown): boolean {
  return error instanceof TypeError && error.message === "Generator is already running";
}
