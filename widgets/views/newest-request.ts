/** Requests of which only the newest matters, never more under way than it takes to keep the kernel busy. */
export interface NewestRequest<Target> {
  /** Sends `target` now, or as soon as an answer makes room; a later one takes its place. */
  ask(target: Target): void;
  /** An answer to request `sequence` came; it answers all before it too. */
  answered(sequence: number): void;
  /** Whether something was asked for that has not come. */
  readonly isWaiting: boolean;
}

export interface NewestRequestOptions<Target> {
  readonly send: (target: Target, sequence: number) => void;
  readonly nowMs: () => number;
  /** Calls back once after `delayMs`; the returned function cancels it. */
  readonly later: (delayMs: number, callback: () => void) => () => void;
  /** Nothing is heard for this long: the request, or its answer, is taken to be lost; 1500 ms when omitted. */
  readonly patienceMs?: number;
}

/** One request more may be under way for each so many milliseconds that an answer takes. */
const msPerRequest = 25;
const mostUnderWay = 3;

/** Makes the channel; on a fast line one request is under way, on a slow one up to three. */
export function newestRequest<Target>({
  send,
  nowMs,
  later,
  patienceMs = 1500,
}: NewestRequestOptions<Target>): NewestRequest<Target> {
  let sequence = 0;
  let waiting: { readonly target: Target } | undefined;
  let sentMs = new Map<number, number>();
  let answerMs = 0;
  let cancelPatience: (() => void) | undefined;

  const flush = (): void => {
    const allowed = Math.min(mostUnderWay, Math.max(1, Math.ceil(answerMs / msPerRequest)));
    if (waiting === undefined || sentMs.size >= allowed) return;
    const { target } = waiting;
    waiting = undefined;
    sequence += 1;
    sentMs.set(sequence, nowMs());
    cancelPatience?.();
    cancelPatience = later(patienceMs, () => {
      sentMs = new Map();
      flush();
    });
    send(target, sequence);
  };

  return {
    ask(target) {
      waiting = { target };
      flush();
    },
    answered(upTo) {
      const since = sentMs.get(upTo);
      // A running mean, so that one hiccup does not open the gates.
      if (since !== undefined) answerMs += (nowMs() - since - answerMs) * 0.25;
      for (const sent of [...sentMs.keys()]) if (sent <= upTo) sentMs.delete(sent);
      if (sentMs.size === 0) cancelPatience?.();
      flush();
    },
    get isWaiting() {
      return waiting !== undefined || sentMs.size > 0;
    },
  };
}
