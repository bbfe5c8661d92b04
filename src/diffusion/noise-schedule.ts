/**
 * How much signal and noise is left at each timestep: x_t = signalRates[t]·x_0 + noiseRates[t]·ε. Timestep 0 is the
 * clean side. Variance-preserving schedules have signal² + noise² = 1, flow matching has signal + noise = 1.
 */
export interface NoiseSchedule {
  readonly kind: NoiseScheduleKind;
  readonly numTrainTimesteps: number;
  readonly signalRates: Float64Array;
  readonly noiseRates: Float64Array;
  /** ᾱ_t = ∏(1 − β); of flow matching, that of the variance-preserving process with the same signal-to-noise ratio. */
  readonly alphasCumprod: Float64Array;
}

export type NoiseScheduleKind = "cosine" | "linear" | "flow";

export interface NoiseScheduleOptions {
  /** T; 1000 when omitted. */
  readonly numTrainTimesteps?: number;
  /** Rescales so that nothing of the signal is left at the last timestep; false when omitted. */
  readonly zeroTerminalSnr?: boolean;
}

/**
 * Makes a noise schedule.
 *
 * - `cosine`: ᾱ(u) = cos²((u + 0.008) / 1.008 · π/2), β at most 0.999. Nichol and Dhariwal 2021 (arXiv:2102.09672), eq. 17.
 * - `linear`: β from 0.0001 to 0.02. Ho et al. 2020 (arXiv:2006.11239), section 4.
 * - `flow`: straight lines, x_t = (1 − σ)·x_0 + σ·ε with σ = (t + 1) / T. Lipman et al. 2023 (arXiv:2210.02747), eq. 22 in
 *   the direction of Esser et al. 2024 (arXiv:2403.03206), eq. 13. Its terminal SNR is zero anyway.
 *
 * @throws RangeError when T is not a whole number from 2.
 */
export function noiseSchedule(
  kind: NoiseScheduleKind,
  { numTrainTimesteps = 1000, zeroTerminalSnr = false }: NoiseScheduleOptions = {},
): NoiseSchedule {
  if (!Number.isInteger(numTrainTimesteps) || numTrainTimesteps < 2) {
    throw new RangeError(
      `noiseSchedule: numTrainTimesteps is ${numTrainTimesteps}; give a whole number from 2.`,
    );
  }
  if (kind === "flow") return flowSchedule(numTrainTimesteps);
  const betas = kind === "cosine" ? cosineBetas(numTrainTimesteps) : linearBetas(numTrainTimesteps);
  let product = 1;
  let signalRates: Float64Array = betas.map((beta) => Math.sqrt((product *= 1 - beta)));
  if (zeroTerminalSnr) signalRates = rescaleZeroTerminalSnr(signalRates);
  const alphasCumprod = signalRates.map((rate) => rate * rate);
  return {
    kind,
    numTrainTimesteps,
    signalRates,
    noiseRates: alphasCumprod.map((alpha) => Math.sqrt(1 - alpha)),
    alphasCumprod,
  };
}

/** Signal and noise at one timestep; −1 stands for the clean end, with no noise at all. */
export function ratesAt(
  { signalRates, noiseRates, numTrainTimesteps }: NoiseSchedule,
  timestep: number,
): Rates {
  if (timestep === -1) return { signal: 1, noise: 0 };
  const signal = signalRates[timestep];
  const noise = noiseRates[timestep];
  if (signal === undefined || noise === undefined) {
    throw new RangeError(
      `There is no timestep ${timestep}; this schedule has 0 to ${numTrainTimesteps - 1}, and -1 for the clean end.`,
    );
  }
  return { signal, noise };
}

/** x_t = signal·x_0 + noise·ε. */
export interface Rates {
  readonly signal: number;
  readonly noise: number;
}

/** SNR_t = signal² / noise² = ᾱ / (1 − ᾱ). Kingma et al. 2021 (arXiv:2107.00630), eq. 2. */
export function signalToNoise({ signal, noise }: Rates): number {
  return (signal / noise) ** 2;
}

function cosineBetas(count: number): Float64Array {
  const alphaBar = (u: number) => Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  return Float64Array.from({ length: count }, (_, t) =>
    Math.min(1 - alphaBar((t + 1) / count) / alphaBar(t / count), 0.999),
  );
}

function linearBetas(count: number, start = 1e-4, end = 0.02): Float64Array {
  return Float64Array.from({ length: count }, (_, t) => start + ((end - start) * t) / (count - 1));
}

/**
 * Shifts √ᾱ so that its last value is 0 and scales it so that the first stays. Lin et al. 2024
 * (arXiv:2305.08891), algorithm 1.
 */
function rescaleZeroTerminalSnr(signalRates: Float64Array): Float64Array {
  const first = signalRates[0]!;
  const last = signalRates.at(-1)!;
  return signalRates.map((rate) => ((rate - last) * first) / (first - last));
}

function flowSchedule(numTrainTimesteps: number): NoiseSchedule {
  const noiseRates = Float64Array.from(
    { length: numTrainTimesteps },
    (_, t) => (t + 1) / numTrainTimesteps,
  );
  const signalRates = noiseRates.map((sigma) => 1 - sigma);
  const alphasCumprod = signalRates.map(
    (signal, t) => signal ** 2 / (signal ** 2 + noiseRates[t]! ** 2),
  );
  return { kind: "flow", numTrainTimesteps, signalRates, noiseRates, alphasCumprod };
}
