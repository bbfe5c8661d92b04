import { describeProgress, type DatasetSplits, type TrainingProgress } from "../pipelines/index.ts";
import type { CommandIo } from "./usage.ts";

const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 250;

/** Passes training steps through and tells of them: one living line on a terminal, else a line now and then. */
export async function* showProgress(
  steps: AsyncIterable<TrainingProgress>,
  out: CommandIo["out"],
  now: () => number = () => performance.now(),
): AsyncGenerator<TrainingProgress, void, void> {
  const isLive = out.isTTY === true;
  const everyMs = isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  let shownMs = -Infinity;
  for await (const progress of steps) {
    const isLast = progress.step === progress.totalSteps;
    if (isLast || now() - shownMs >= everyMs) {
      shownMs = now();
      const line = describeProgress(progress);
      out.write(isLive ? `\r\x1b[K${line}${isLast ? "\n" : ""}` : `${line}\n`);
    }
    yield progress;
  }
}

/** Tells now and then how many films of a folder are decoded. */
export function tellDecoding(
  out: CommandIo["out"],
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  let shownMs = now();
  return (done, total) => {
    if (now() - shownMs < 1000) return;
    shownMs = now();
    out.write(`decoded ${done} of ${total} films\n`);
  };
}

/** Tells now and then how many of something are done, where the total is not known. */
export function tellCount(
  out: CommandIo["out"],
  verb: string,
  noun: string,
  now: () => number = () => performance.now(),
): (done: number) => void {
  let shownMs = now();
  return (done) => {
    if (now() - shownMs < 1000) return;
    shownMs = now();
    out.write(`${verb} ${done} ${noun}\n`);
  };
}

/** What a user should know of a folder: notes, and films that were left out, by name. */
export function tellNotes(
  { notes, problems }: Pick<DatasetSplits, "notes" | "problems">,
  io: CommandIo,
): void {
  for (const note of notes) io.out.write(`${note}\n`);
  for (const { file, reason } of problems) io.err.write(`left out ${file}: ${reason}\n`);
}
