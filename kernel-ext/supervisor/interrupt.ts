import { settlesWithin } from "./deferred.ts";
import type { UserProcess } from "./user-process.ts";

export interface InterruptDelays {
  /** After this long without a sign of life the watchdog terminates the code. */
  readonly terminateAfterMs: number;
  /** After this long without a sign of life the process is replaced. */
  readonly killAfterMs: number;
}

export const interruptDelays: InterruptDelays = { terminateAfterMs: 250, killAfterMs: 5000 };

/**
 * Stops what the user process does, with the mildest means that works: a signal (stops code under V8's watchdog, or the await
 * where the cell stands), then termination by the watchdog thread (timer and socket callbacks), then the end of the process.
 *
 * @param force Gives up a cell that catches interrupts, as a second Stop asks.
 */
export async function interruptUserProcess(
  user: UserProcess,
  {
    force,
    terminateAfterMs = interruptDelays.terminateAfterMs,
    killAfterMs = interruptDelays.killAfterMs,
  }: { readonly force: boolean } & Partial<InterruptDelays>,
): Promise<void> {
  user.signal("SIGINT");
  const alive = Promise.race([user.ping({ force }), user.ended]);
  if (await settlesWithin(alive, terminateAfterMs)) return;
  const deadlineMs = performance.now() + killAfterMs - terminateAfterMs;
  while (performance.now() < deadlineMs) {
    user.terminateCode();
    if (await settlesWithin(alive, terminateAfterMs)) return;
  }
  user.signal("SIGKILL");
}
