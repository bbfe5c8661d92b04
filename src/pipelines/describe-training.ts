import { ENDED_PHASES, type TrainingStatus } from "../io/index.ts";
import { describeProgress, SEPARATOR } from "./describe-progress.ts";
import { curveRow, drawTraining } from "./training-curve.ts";

/** A training as a notebook shows it: bar, words, curves, and how to steer it. */
export function describeTraining(
  status: TrainingStatus,
  history: readonly Readonly<Record<string, number>>[],
): { readonly "text/html": string; readonly "text/plain": string } {
  const words = describeStatus(status);
  const isEnded = ENDED_PHASES.includes(status.phase);
  const hint = isEnded
    ? []
    : [
        `<small>It trains in a process of its own: interrupting a cell or closing the notebook does not end it, <code>stop()</code> does.</small>`,
      ];
  const lines = [escapeHtml(words), ...hint];
  const { step, totalSteps } = status;
  const rows = history.map((row) => curveRow(row));
  return {
    "text/html": drawTraining(rows, { step, totalSteps }, lines),
    "text/plain": words,
  };
}

/** One line: where a training stands, and why it ended. */
export function describeStatus(status: TrainingStatus): string {
  const { phase, step, totalSteps, losses, loss, filmsPerSecond, etaSeconds, message } = status;
  const told = message === "" ? "" : `: ${message}`;
  if (loss === null || filmsPerSecond === null || etaSeconds === null) return `${phase}${told}`;
  const progress = { step, totalSteps, losses, loss, filmsPerSecond, etaSeconds };
  const words = describeProgress(progress);
  // What runs after the autoencoder's last step is told in words.
  return phase === "running" && message === "" ? words : [`${phase}${told}`, words].join(SEPARATOR);
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
