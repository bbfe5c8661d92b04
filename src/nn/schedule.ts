/**
 * Learning rate over a run: linear warm-up, then constant, then a cosine to zero.
 *
 * @param step From 0 to totalSteps − 1.
 * @param options `peak`: the highest rate; `warmupSteps`: 100 when omitted; `decayFraction`: the part of
 *   the run that the cosine takes, 0.5 when omitted.
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  {
    peak,
    warmupSteps = 100,
    decayFraction = 0.5,
  }: { readonly peak: number; readonly warmupSteps?: number; readonly decayFraction?: number },
): number {
  const warm = Math.min(1, (step + 1) / warmupSteps);
  const decayStart = totalSteps * (1 - decayFraction);
  const done = Math.max(0, (step - decayStart) / Math.max(1, totalSteps - decayStart));
  return peak * warm * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
}

/** An average that forgets its start: decay grows from 0 as (step + 1) / (step + 10) up to `limit`. */
export function emaDecayAt(step: number, limit = 0.998): number {
  return Math.min(limit, (step + 1) / (step + 10));
}
