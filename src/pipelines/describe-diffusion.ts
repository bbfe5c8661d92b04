import type { DiffusionTrainingProgress } from "./train-diffusion.ts";
import { describePace, SEPARATOR } from "./describe-progress.ts";

/** One line: stream, step, losses, speed, time left. */
export function describeDiffusionProgress({
  stream,
  step,
  totalSteps,
  losses,
  samplesPerSecond,
  etaSeconds,
}: Omit<DiffusionTrainingProgress, "run" | "history">): string {
  return [
    `${stream} diffusion step ${step}/${totalSteps}`,
    `loss ${losses.denoising.toFixed(4)}`,
    ...(losses.balancing > 0 ? [`balancing ${losses.balancing.toFixed(4)}`] : []),
    ...describePace(samplesPerSecond, "codes", etaSeconds),
  ].join(SEPARATOR);
}
