import { foldIn, type Key } from "../../engine/random.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { quantile } from "./quantile.ts";
import {
  createResampler,
  requireDesign,
  wholeSample,
  type Resample,
  type SampleDesign,
} from "./resample.ts";

/** A number with its interval and what both rest on. */
export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Share of intervals that should hold the truth, such as 0.95. */
  readonly confidence: number;
  /** Standard deviation over resamples. */
  readonly standardError: number;
  readonly replicates: number;
  readonly seeds: number;
  /** Over all seeds; those of one seed when shared. */
  readonly samples: number;
}

/** How to resample. */
export interface BootstrapOptions {
  /** Equal keys give equal intervals. */
  readonly stream: Key;
  /** 1,000 when omitted. */
  readonly replicates?: number;
  /** Above 0, below 1; 0.95 when omitted. */
  readonly confidence?: number;
}

/**
 * A statistic's percentile interval from resampling training seeds and, within each, samples. Davison and Hinkley 1997,
 * section 3.8; Efron 1979. To compare methods let the statistic compute the difference or ratio of both from the same
 * numbers: the comparison is then paired, by seed and by sample where sample k is the same film for both.
 *
 * With few seeds the interval is too narrow: means of S resampled seeds vary by (S − 1)/S of what they should, and one seed
 * says nothing of what another training would give. Statistics that are biased in N or count pairs are pushed up by samples
 * drawn twice: give `nullSubtractedFrechetDistanceOfResamples` or `kernelDistanceOfResamples` the sample numbers.
 *
 * @param statistic Of a resample; it is called with the whole sample first, and must give finite numbers.
 */
export function bootstrap(
  statistic: (resample: Resample) => number,
  design: SampleDesign,
  options: BootstrapOptions,
): Estimate {
  return bootstrapAll((resample) => ({ value: statistic(resample) }), design, options).value;
}

/**
 * The same for several statistics of the same resamples: for tables, and statistics that share work.
 *
 * @param statistics Named numbers of a resample; the same names each time.
 */
export function bootstrapAll<Name extends string>(
  statistics: (resample: Resample) => Readonly<Record<Name, number>>,
  design: SampleDesign,
  { stream, replicates = 1000, confidence = 0.95 }: BootstrapOptions,
): Record<Name, Estimate> {
  requireDesign("bootstrap", design);
  if (!(replicates >= 2 && confidence > 0 && confidence < 1)) {
    throw new MetricInputError(
      "bootstrap",
      "replicates",
      `is ${replicates} at confidence ${confidence}; give 2 or more, and a confidence between 0 and 1.`,
    );
  }
  const whole = statistics(wholeSample(design));
  const names = Object.keys(whole) as Name[];
  const draw = createResampler(design);
  const values = names.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const found = statistics(draw(foldIn(stream, replicate)));
    names.forEach((name, k) => (values[k]![replicate] = found[name]));
  }
  const { samples, isShared } = design;
  const estimates = names.map((name, k): [Name, Estimate] => {
    const sorted = values[k]!.sort();
    const bad = sorted.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0 || !Number.isFinite(whole[name])) {
      throw new MetricInputError(
        "bootstrap",
        "statistic",
        `${name} is ${bad >= 0 ? sorted[bad] : whole[name]} in some resample; give one that is always finite, for ` +
          "example by drawing within strata so that no class vanishes.",
      );
    }
    const mean = sorted.reduce((sum, value) => sum + value, 0) / replicates;
    const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1);
    return [
      name,
      {
        estimate: whole[name],
        low: quantile(sorted, (1 - confidence) / 2),
        high: quantile(sorted, (1 + confidence) / 2),
        confidence,
        standardError: Math.sqrt(variance),
        replicates,
        seeds: samples.length,
        samples: isShared ? samples[0]! : samples.reduce((sum, count) => sum + count, 0),
      },
    ];
  });
  return Object.fromEntries(estimates) as Record<Name, Estimate>;
}

/**
 * A resample's mean of numbers that were measured once a sample: the mean over seeds of the means over samples.
 *
 * @param values [seed][sample], such as the error of each film under each training seed.
 */
export function meanOfResample(
  { seeds, samples }: Resample,
  values: readonly ArrayLike<number>[],
): number {
  let sum = 0;
  seeds.forEach((seed, at) => {
    const own = values[seed]!;
    let ofSeed = 0;
    for (const sample of samples[at]!) ofSeed += own[sample]!;
    sum += ofSeed / samples[at]!.length;
  });
  return sum / seeds.length;
}

/** An estimate as tables print it: "12.3 [10.1, 14.0]". */
export function formatEstimate({ estimate, low, high }: Estimate, digits = 3): string {
  const text = (value: number) => value.toFixed(digits);
  return `${text(estimate)} [${text(low)}, ${text(high)}]`;
}
