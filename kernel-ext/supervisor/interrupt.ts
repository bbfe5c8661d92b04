import { settlesWithin } from "./deferred.ts";
import type { UserProcess } from "./user-process.ts";

export interface InterruptOptions {
  /** Gives up a cell that catches interrupts, as a second Stop asks. */
  readonly force: boolean;
  /** Settles when the running cell has ended. */
  readonly cellEnded: Promise<unknown>;
  readonly delays?: InterruptDelays;
}

/** How long the event loop of the user process may stand still before each step. */
export interface InterruptDelays {
  /**
   * Running code is stopped. Longer than a cell may hold the loop while it awaits (`GeneratorRun`): a signal that hits the gap
   * between two guarded segments stops nothing, or ends a process whose cells listen to SIGINT. The watchdog looks for a moment before it stops anything.
   */
  readonly stopMs: number;
  /** Whatever runs is terminated, again and again. */
  readonly terminateMs: number;
  /** The process is ended. */
  readonly killMs: number;
}

export const interruptDelays: InterruptDelays = { stopMs: 25, terminateMs: 300, killMs: 5000 };

/**
 * Stops what the user process does, with the mildest means that works: an order to its event loop (stops a cell that awaits), then a
 * signal or a termination by its watchdog thread (stops running code), then the end of the process.
 */
export async function interruptUserProcess(
  user: UserProcess,
  { force, cellEnded, delays = interruptDelays }: InterruptOptions,
): Promise<void> {
  const { stopMs, terminateMs, killMs } = delays;
  const startMs = performance.now();
  const isAlive = Promise.race([user.interrupt({ force }), user.ended]);
  if (await settlesWithin(isAlive, stopMs)) return;
  user.stopCode("stop");
  let isBack = await settlesWithin(isAlive, terminateMs - stopMs);
  while (!isBack && performance.now() - startMs < killMs) {
    user.stopCode("terminate");
    isBack = await settlesWithin(isAlive, terminateMs);
  }
  if (!isBack) {
    user.end("nothing else could stop it");
    return;
  }
  // The termination may have cut the cell's own ending short: then only a forced end helps.
  if (!(await settlesWithin(cellEnded, terminateMs))) await user.interrupt({ force: true });
}
