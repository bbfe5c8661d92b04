/** Where an autoencoder's training stands. */
export interface TrainingNumbers {
  readonly step: number;
  readonly totalSteps: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly loss: number;
  readonly filmsPerSecond: number;
  readonly etaSeconds: number;
}

/** Between the parts of a line; spaces alone run together on a page. */
export const SEPARATOR = " · ";

/** One line: step, losses, speed, time left. */
export function describeProgress({
  step,
  totalSteps,
  loss,
  losses,
  filmsPerSecond,
  etaSeconds,
}: TrainingNumbers): string {
  const minutes = Math.floor(etaSeconds / 60);
  const seconds = String(Math.floor(etaSeconds % 60)).padStart(2, "0");
  const { reconstruction = NaN, noop: swap = NaN } = losses;
  return [
    `step ${step}/${totalSteps}`,
    `loss ${loss.toFixed(4)}`,
    `reconstruction ${reconstruction.toFixed(4)}`,
    `swap ${swap.toFixed(4)}`,
    `${filmsPerSecond.toFixed(0)} films/s`,
    `${minutes}:${seconds} left`,
  ].join(SEPARATOR);
}
