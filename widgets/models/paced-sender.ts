import type { Platform } from "./platform.ts";

/** Sends items in batches, never faster than the front end draws them. */
export interface PacedSender<Item> {
  add(item: Item): void;
  /** The front end has drawn everything up to batch `sequence`. */
  acknowledge(sequence: number): void;
  stop(): void;
}

export interface PacedSenderOptions<Item> {
  /** Sends one batch; `sequence` counts from 1 and comes back in `acknowledge`. */
  readonly send: (items: readonly Item[], sequence: number) => void;
  readonly platform: Platform;
  /** Batches that may be under way undrawn; 2 when omitted. */
  readonly maxUndrawn?: number;
  /** Shortest time between two batches; 33 ms (30 a second) when omitted. */
  readonly intervalMs?: number;
  /** A front end that has not drawn for this long is taken to be gone; 1000 ms when omitted. */
  readonly patienceMs?: number;
}

/** Makes a sender; items that come while it must wait are merged into the next batch. */
export function pacedSender<Item>({
  send,
  platform,
  maxUndrawn = 2,
  intervalMs = 33,
  patienceMs = 1000,
}: PacedSenderOptions<Item>): PacedSender<Item> {
  let waiting: Item[] = [];
  let sequence = 0;
  let drawn = 0;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | undefined;

  function flush(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (waiting.length === 0) return;
    const sinceMs = platform.nowMs() - lastSentMs;
    const isClogged = sequence - drawn >= maxUndrawn;
    const waitMs = (isClogged ? patienceMs : intervalMs) - sinceMs;
    if (waitMs > 0) {
      cancelTimer = platform.later(waitMs, flush);
      return;
    }
    // Out of patience: whoever did not answer is gone, and must not hold up the others.
    if (isClogged) drawn = sequence;
    sequence += 1;
    lastSentMs = platform.nowMs();
    const batch = waiting;
    waiting = [];
    send(batch, sequence);
  }

  return {
    add(item) {
      waiting.push(item);
      if (cancelTimer === undefined) flush();
    },
    acknowledge(upTo) {
      drawn = Math.max(drawn, Math.min(upTo, sequence));
      flush();
    },
    stop() {
      cancelTimer?.();
      cancelTimer = undefined;
      waiting = [];
    },
  };
}
