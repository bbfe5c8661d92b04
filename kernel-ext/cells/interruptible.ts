import { Script } from "node:vm";
import { InterruptedError } from "./interrupted-error.ts";

const slot = Symbol.for("counterlab.segment");
const callSlot = new Script(`globalThis[Symbol.for("counterlab.segment")]()`, {
  filename: "counterlab:segment",
});

/**
 * Calls `run` so that a SIGINT stops it even inside an endless loop.
 *
 * @throws InterruptedError when a SIGINT stopped it, and whatever `run` throws.
 */
export type RunInterruptible = <Result>(run: () => Result) => Result;

/**
 * Makes a `RunInterruptible`; V8's SIGINT watchdog only guards scripts, so the call goes through one.
 *
 * @param guard Two elements for threads that must know what a signal will do: 1 while such a call is running, else 0; how many calls began.
 */
export function createRunInterruptible(guard: Int32Array): RunInterruptible {
  return (run) => {
    Atomics.add(guard, 1, 1);
    const outer = Atomics.exchange(guard, 0, 1);
    try {
      return runGuarded(run);
    } finally {
      Atomics.store(guard, 0, outer);
    }
  };
}

function runGuarded<Result>(run: () => Result): Result {
  const holder = globalThis as { [slot]?: () => unknown };
  const outer = holder[slot];
  holder[slot] = run;
  try {
    return callSlot.runInThisContext({ breakOnSigint: true, displayErrors: false }) as Result;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED") {
      throw new InterruptedError();
    }
    throw error;
  } finally {
    if (outer === undefined) Reflect.deleteProperty(holder, slot);
    else holder[slot] = outer;
  }
}
