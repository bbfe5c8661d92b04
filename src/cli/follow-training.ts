import { attachTraining, describeStatus } from "../pipelines/index.ts";
import type { CommandIo } from "./usage.ts";

const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 250;

/** Shows the progress of a training in another process until it ends, or until Ctrl-C, which leaves it running. */
export async function followTraining(folder: string, io: CommandIo): Promise<number> {
  const training = attachTraining(folder);
  const isLive = io.out.isTTY === true;
  let shownMs = -Infinity;
  const show = (): void => {
    if (performance.now() - shownMs < (isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    shownMs = performance.now();
    const line = describeStatus(training.status);
    io.out.write(isLive ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const left = new AbortController();
  const leave = (): void => {
    left.abort();
    training.close();
  };
  process.once("SIGINT", leave);
  const end = training.onChange(show);
  try {
    const status = await training.finished;
    if (left.signal.aborted) {
      io.out.write(
        `\nIt goes on training; \`counterlab train --stop ${folder}\` ends it with a checkpoint.\n`,
      );
      return 130;
    }
    io.out.write(`${isLive ? "\r\x1b[K" : ""}${describeStatus(status)}\n`);
    return 0;
  } finally {
    end();
    process.off("SIGINT", leave);
  }
}

/** Ends a training in another process, with a checkpoint. */
export async function stopTraining(folder: string, io: CommandIo): Promise<number> {
  const training = attachTraining(folder);
  await training.stop();
  const { step, totalSteps, phase } = await training.finished;
  io.out.write(
    phase === "finished"
      ? `It is finished (step ${step} of ${totalSteps}).\n`
      : `Stopped after step ${step} of ${totalSteps}. It goes on from there when started again.\n`,
  );
  return 0;
}
