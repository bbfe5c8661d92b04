import type { DiffusionTrainingProgress } from "./train-diffusion.ts";
import { SEPARATOR } from "./describe-progress.ts";

/** One line: stream, step, losses, speed, time left. */
export function describeDiffusionProgress({
  stream,
  step,
  totalSteps,
  losses,
  samplesPerSecond,
  etaSeconds,
}: Omit<DiffusionTrainingProgress, "run" | "history">): string {
  const minutes = Math.floor(etaSeconds / 60);
  const seconds = String(Math.floor(etaSeconds % 60)).padStart(2, "0");
  return [
    `${stream} diffusion step ${step}/${totalSteps}`,
    `loss ${losses.denoising.toFixed(4)}`,
    ...(losses.balancing > 0 ? [`balancing ${losses.balancing.toFixed(4)}`] : []),
    `${samplesPerSecond.toFixed(0)} codes/s`,
    `${minutes}:${seconds} left`,
  ].join(SEPARATOR);
}
