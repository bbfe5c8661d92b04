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
  const { reconstruction = NaN, noop: swap = NaN } = losses;
  return [
    `step ${step}/${totalSteps}`,
    `loss ${loss.toFixed(4)}`,
    `reconstruction ${reconstruction.toFixed(4)}`,
    `swap ${swap.toFixed(4)}`,
    ...describePace(filmsPerSecond, "films", etaSeconds),
  ].join(SEPARATOR);
}

/** Speed and time left, where there are any: a training that is done, and was only opened again, has neither. */
export function describePace(perSecond: number, unit: string, etaSeconds: number): string[] {
  const minutes = Math.floor(etaSeconds / 60);
  const seconds = String(Math.floor(etaSeconds % 60)).padStart(2, "0");
  return [
    ...(perSecond > 0 ? [`${perSecond.toFixed(0)} ${unit}/s`] : []),
    ...(etaSeconds > 0 ? [`${minutes}:${seconds} left`] : []),
  ];
}
