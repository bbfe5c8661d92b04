import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What a thread did so far, as the system counts it. */
interface ThreadTime {
  /** Time on a processor. */
  readonly ranMs: number;
  /** Whether it waits for something other than a processor. */
  readonly isAsleep: boolean;
}

export interface MainThreadMarks {
  /** 1 while it runs code that SIGINT stops. */
  readonly isGuarded: () => boolean;
  /** Another number whenever it began such code, or took an order to stop. */
  readonly progress: () => number;
  /** Since it took such an order. */
  readonly orderedMsAgo: () => number;
}

const lookMs = 5;
/** Code that ran for so long and began nothing stands in one place. */
const stuckMs = 5;
/** An event loop with nothing to do sleeps, too; with an order in its pipe it wakes up before this. */
const deepSleepMs = 100;
/** Whoever asked asks again. */
const giveUpMs = 300;
/** Who took the order that somebody else repeats to us has an event loop that turns. */
const repetitionMs = 1000;

/**
 * Whether the main thread of this process stands in one place: in code that neither ends nor awaits, or blocked inside a call. One that was only kept
 * waiting for a processor does not, however long.
 */
export async function isStuck({
  isGuarded,
  progress,
  orderedMsAgo,
}: MainThreadMarks): Promise<boolean> {
  const begun = progress();
  const first = mainThreadTime();
  let before = first;
  let asleepMs = 0;
  for (let waitedMs = lookMs; waitedMs <= giveUpMs; waitedMs += lookMs) {
    await delay(lookMs);
    if (progress() !== begun) return false;
    const now = mainThreadTime();
    // Without these counts there is only the clock.
    if (first === undefined || before === undefined || now === undefined) return true;
    if (now.ranMs - first.ranMs >= stuckMs) return true;
    const isSleeping = now.isAsleep && before.isAsleep && now.ranMs === before.ranMs;
    asleepMs = isSleeping ? asleepMs + lookMs : 0;
    if (isSleeping && isGuarded()) return true;
    if (asleepMs >= deepSleepMs) return orderedMsAgo() > repetitionMs;
    before = now;
  }
  return false;
}

/** Linux alone tells. */
function mainThreadTime(): ThreadTime | undefined {
  if (process.platform !== "linux") return undefined;
  const task = `/proc/self/task/${process.pid}`;
  try {
    const ranNs = Number(readFileSync(`${task}/schedstat`, "utf8").split(" ")[0]);
    const stat = readFileSync(`${task}/stat`, "utf8");
    const state = stat.slice(stat.lastIndexOf(")") + 2)[0]!;
    return { ranMs: ranNs / 1e6, isAsleep: state !== "R" };
  } catch {
    return undefined;
  }
}
