import type { Platform } from "#widgets/models/index.ts";

/** A machine whose clock a test moves by hand. */
export interface FakePlatform extends Platform {
  readonly warnings: string[];
  /** Moves the clock and runs what is due, in order. */
  pass(durationMs: number): void;
}

export function fakePlatform(): FakePlatform {
  let now = 0;
  let count = 0;
  let timers: { dueMs: number; callback: () => void }[] = [];
  const warnings: string[] = [];
  return {
    warnings,
    newId: () => `widget-${(count += 1)}`,
    later(delayMs, callback) {
      const timer = { dueMs: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    nowMs: () => now,
    warn: (message, cause) => {
      warnings.push(cause instanceof Error ? `${message} ${cause.message}` : message);
    },
    pass(durationMs) {
      const end = now + durationMs;
      for (;;) {
        const next = timers
          .filter(({ dueMs }) => dueMs <= end)
          .toSorted((left, right) => left.dueMs - right.dueMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.dueMs);
        next.callback();
      }
      now = end;
    },
  };
}
