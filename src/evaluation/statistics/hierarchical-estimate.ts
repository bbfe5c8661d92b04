import { foldIn, randint, type Key } from "../../engine/index.ts";
import { MetricInputError, quantile, type Estimate } from "../../metrics/index.ts";

/** A statistic under one training seed: of the films themselves, and of resamples of them. */
export interface SeedReplicates {
  readonly value: number;
  /** One a resample; resample k draws the same film numbers under every method. */
  readonly replicates: ArrayLike<number>;
  /** Films that the statistic rests on. */
  readonly samples: number;
}

/**
 * The interval of a statistic of several methods from resamples that were computed seed by seed: seeds are drawn with
 * replacement, and for each drawn seed one of its resamples, the same for all methods: seeds x samples, paired by both. The same
 * design as `bootstrap` of src/metrics, for statistics too dear to compute again, on machines that no longer have the films.
 *
 * @param statistic Of each method's mean over the drawn seeds.
 * @param methods [method][seed]; as many seeds, in the same order, and as many replicates for each; else MetricInputError.
 */
export function hierarchicalEstimate(
  statistic: (means: readonly number[]) => number,
  methods: readonly (readonly SeedReplicates[])[],
  { stream, confidence = 0.95 }: { readonly stream: Key; readonly confidence?: number },
): Estimate {
  const seeds = methods[0]?.length ?? 0;
  const replicates = methods[0]?.[0]?.replicates.length ?? 0;
  const isSound = methods.every(
    (own) => own.length === seeds && own.every((seed) => seed.replicates.length === replicates),
  );
  if (!isSound || seeds === 0 || replicates < 2) {
    throw new MetricInputError(
      "hierarchicalEstimate",
      "methods",
      `have [${methods.map(({ length }) => length).join(", ")}] seeds with ${replicates} replicates; give the same for each.`,
    );
  }
  const meanOver = (
    valueOf: (seed: SeedReplicates, place: number) => number,
    drawn: ArrayLike<number>,
  ) =>
    methods.map((own) => {
      let sum = 0;
      for (let place = 0; place < drawn.length; place++) sum += valueOf(own[drawn[place]!]!, place);
      return sum / drawn.length;
    });
  const everySeed = Int32Array.from({ length: seeds }, (_, seed) => seed);
  const estimate = statistic(meanOver(({ value }) => value, everySeed));
  // A seed that is drawn twice in a replicate gets two different resamples.
  const stride = Math.max(1, Math.floor(replicates / seeds));
  const values = Float64Array.from({ length: replicates }, (_, replicate) => {
    const drawn = randint(foldIn(stream, replicate), seeds, { max: seeds });
    return statistic(
      meanOver((seed, place) => seed.replicates[(replicate + place * stride) % replicates]!, drawn),
    );
  }).sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / replicates;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1);
  return {
    estimate,
    low: quantile(values, (1 - confidence) / 2),
    high: quantile(values, (1 + confidence) / 2),
    confidence,
    standardError: Math.sqrt(variance),
    replicates,
    seeds,
    samples: methods[0]!.reduce((sum, { samples }) => sum + samples, 0),
  };
}
