import { IDENTITY_FACTORS, type IdentityFactor } from "../data/index.ts";
import {
  extractFeatures,
  frechetDistanceFrom,
  kernelDistanceOfResamples,
  meanPairwiseDistanceOfResamples,
  memorisation,
  moments,
  precisionRecall,
  quantile,
  selectRows,
  vendiScore,
  type FeatureExtractor,
  type Features,
  type Moments,
} from "../metrics/index.ts";
import type { FilmReader } from "./networks/film-reader.ts";
import type { ClassFilms, ReferenceSet } from "./reference-set.ts";
import { resampledRows } from "./statistics/class-resamples.ts";
import type { SeedReplicates } from "./statistics/hierarchical-estimate.ts";
import type { Doing } from "./workshop.ts";

/** Statistics that are resampled; each a mean over classes. */
export const STATISTICS = [
  "tailFid",
  "tailKid",
  "tailDiversity",
  "tailRecognised",
  "fid",
  "kid",
  "recognised",
] as const;

export type StatisticName = (typeof STATISTICS)[number];

/** How good a class's films are; every number rests on the extractor and counts that the stage names. */
export interface ClassScores {
  readonly type: string;
  /** Null-subtracted. */
  readonly fid: number;
  readonly kid: number;
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
  /** Mean pairwise distance, and the same of as many held-out real films. */
  readonly diversity: number;
  readonly realDiversity: number;
  readonly vendi: number;
  readonly realVendi: number;
  /** Share nearer to a training film than the training films' own first percentile. */
  readonly memorised: number;
  /** Share whose type the judge recognises. */
  readonly recognised: number;
}

/** How good a generator's films are under one training seed. */
export interface FilmScores {
  readonly classes: readonly ClassScores[];
  readonly statistics: Readonly<Record<StatisticName, SeedReplicates>>;
  /** Mean and covariance of each class's features. */
  readonly moments: readonly Moments[];
  /** Share of films whose anatomy, as the judge reads it, lies within the training films' 1-99 % range; by factor. */
  readonly anatomy: Readonly<Partial<Record<IdentityFactor, number>>>;
}

/** KID needs no large reference: it is unbiased at any size. */
const KERNEL_REFERENCE = 2048;
const NEIGHBOURS_OF = 1024;

export interface ScoringOptions {
  readonly extractor: FeatureExtractor;
  readonly judge: FilmReader;
  readonly reference: ReferenceSet;
  /** Classes that claims are made on. */
  readonly tailClasses: readonly string[];
  /** Films a class in diversity measures. */
  readonly diversityFilms: number;
  /** Ranges of the judge's readings over training films; see `anatomyRanges`. */
  readonly ranges: AnatomyRanges;
}

/** The training films' 1st and 99th percentile of each factor that the judge can read. */
export type AnatomyRanges = Readonly<Partial<Record<IdentityFactor, readonly [number, number]>>>;

/** Ranges of the factors that the judge reads well enough, over training films. */
export async function anatomyRanges(
  judge: FilmReader,
  films: Float32Array,
  readable: readonly IdentityFactor[],
): Promise<AnatomyRanges> {
  const { identity } = await judge.read(films);
  return Object.fromEntries(
    readable.map((factor) => {
      const sorted = Float64Array.from(identity[factor]).sort();
      return [factor, [quantile(sorted, 0.01), quantile(sorted, 0.99)] as const];
    }),
  );
}

/**
 * Scores generated films class by class, and resamples what claims are made on.
 *
 * @param films By type, shape [count, H, W]; as many of each as the resamples draw.
 */
export async function* scoreFilms(
  films: ReadonlyMap<string, Float32Array>,
  options: ScoringOptions,
): AsyncGenerator<Doing, FilmScores, void> {
  const { extractor, judge, reference, tailClasses, ranges } = options;
  const { resamples } = reference;
  const classes: Omit<ClassScores, "memorised">[] = [];
  const features: Features[] = [];
  const ofClass: ClassStatistics[] = [];
  const inRange = new Map<IdentityFactor, number>();
  let seen = 0;
  for (const real of reference.classes) {
    yield {
      doing: `scoring ${real.type}`,
      step: real.classIndex,
      totalSteps: reference.classes.length,
    };
    const images = films.get(real.type)!;
    const generated = await extractFeatures(extractor, images);
    const readings = await judge.read(images);
    const right = Float64Array.from(readings.type, (type) => Number(type === real.classIndex));
    const statistics = classStatistics(generated, right, real, options);
    ofClass.push(statistics);
    features.push(generated);
    classes.push(classScores(generated, statistics, real, options));
    seen += right.length;
    for (const factor of IDENTITY_FACTORS) {
      const range = ranges[factor];
      if (range === undefined) continue;
      const inside = readings.identity[factor].reduce(
        (sum, value) => sum + Number(value >= range[0] && value <= range[1]),
        0,
      );
      inRange.set(factor, (inRange.get(factor) ?? 0) + inside);
    }
  }
  const isTail = reference.classes.map(({ type }) => tailClasses.includes(type));
  const meanOver = (
    which: Exclude<keyof ClassStatistics, "moments">,
    onlyTail: boolean,
  ): SeedReplicates => {
    const chosen = ofClass.filter((_, at) => !onlyTail || isTail[at]).map((own) => own[which]);
    const mean = (valueOf: (own: SeedReplicates) => number) =>
      chosen.reduce((sum, own) => sum + valueOf(own), 0) / chosen.length;
    return {
      value: mean(({ value }) => value),
      replicates: Float64Array.from({ length: resamples.replicates }, (_, at) =>
        mean(({ replicates }) => replicates[at]!),
      ),
      samples: chosen.reduce((sum, { samples }) => sum + samples, 0),
    };
  };
  const memorised = memorisedShares(features, reference.train);
  return {
    classes: classes.map((own, at) => ({ ...own, memorised: memorised[at]! })),
    moments: ofClass.map((own) => own.moments),
    statistics: {
      tailFid: meanOver("fid", true),
      tailKid: meanOver("kid", true),
      tailDiversity: meanOver("diversity", true),
      tailRecognised: meanOver("recognised", true),
      fid: meanOver("fid", false),
      kid: meanOver("kid", false),
      recognised: meanOver("recognised", false),
    },
    anatomy: Object.fromEntries([...inRange].map(([factor, inside]) => [factor, inside / seen])),
  };
}

interface ClassStatistics {
  readonly moments: Moments;
  readonly fid: SeedReplicates;
  readonly kid: SeedReplicates;
  readonly diversity: SeedReplicates;
  readonly recognised: SeedReplicates;
}

function classStatistics(
  generated: Features,
  right: Float64Array,
  { reference, classIndex, nullDistance }: ClassFilms,
  { reference: { resamples }, diversityFilms }: ScoringOptions,
): ClassStatistics {
  const { stream, replicates } = resamples;
  const count = generated.shape[0];
  const distance = frechetDistanceFrom(reference);
  const kernel = kernelDistanceOfResamples({
    reference: firstRows(reference, KERNEL_REFERENCE),
    generated,
  });
  const spread = meanPairwiseDistanceOfResamples(firstRows(generated, diversityFilms));
  const found = {
    fid: new Float64Array(replicates),
    kid: new Float64Array(replicates),
    diversity: new Float64Array(replicates),
    recognised: new Float64Array(replicates),
  };
  for (let replicate = 0; replicate < replicates; replicate++) {
    const rows = resampledRows(stream, { replicate, classIndex, films: count });
    found.fid[replicate] =
      distance(selectRows(generated, rows)) - nullDistance.replicates[replicate]!;
    found.kid[replicate] = kernel(rows);
    found.diversity[replicate] = spread(
      resampledRows(stream, { replicate, classIndex, films: diversityFilms }),
    );
    found.recognised[replicate] = rows.reduce((sum, row) => sum + right[row]!, 0) / count;
  }
  const fid = distance(generated) - nullDistance.value;
  return {
    fid: { value: fid, replicates: centred(found.fid, fid), samples: count },
    kid: { value: kernel(), replicates: found.kid, samples: count },
    diversity: { value: spread(), replicates: found.diversity, samples: diversityFilms },
    recognised: {
      value: right.reduce((sum, value) => sum + value, 0) / count,
      replicates: found.recognised,
      samples: count,
    },
    moments: moments(generated),
  };
}

/**
 * Films drawn twice look like lost variety. The null takes that off where generated films vary as real ones do; those of a
 * collapsed generator lose less than the null, and their resamples lie below the estimate altogether. What matters is how far they
 * scatter, so they are moved to the estimate.
 */
function centred(replicates: Float64Array, value: number): Float64Array {
  const mean = replicates.reduce((sum, each) => sum + each, 0) / replicates.length;
  return replicates.map((each) => each - mean + value);
}

function classScores(
  generated: Features,
  statistics: ClassStatistics,
  real: ClassFilms,
  { diversityFilms }: ScoringOptions,
): Omit<ClassScores, "memorised"> {
  const neighbours = Math.min(5, generated.shape[0] - 1);
  const overlap = precisionRecall(
    {
      reference: firstRows(real.reference, NEIGHBOURS_OF),
      generated: firstRows(generated, NEIGHBOURS_OF),
    },
    { neighbours },
  );
  const shown = firstRows(generated, diversityFilms);
  const held = firstRows(real.heldOut, diversityFilms);
  return {
    type: real.type,
    fid: statistics.fid.value,
    kid: statistics.kid.value,
    precision: overlap.precision,
    recall: overlap.recall,
    density: overlap.density,
    coverage: overlap.coverage,
    diversity: statistics.diversity.value,
    realDiversity: realDiversity(real, diversityFilms),
    vendi: vendiScore(shown).value,
    realVendi: vendiScore(held).value,
    recognised: statistics.recognised.value,
  };
}

/** Share of each set's films that are memorised; the training films' own distances are found once for all. */
function memorisedShares(sets: readonly Features[], train: Features): number[] {
  const columns = train.shape[1];
  const rows = sets.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(rows * columns);
  let begin = 0;
  for (const set of sets) {
    data.set(set.data, begin * columns);
    begin += set.shape[0];
  }
  const generated: Features = { ...train, data, shape: [rows, columns] };
  const { nearestPercentiles, percentile } = memorisation({ reference: train, generated });
  begin = 0;
  return sets.map(({ shape: [count] }) => {
    const own = nearestPercentiles.subarray(begin, (begin += count));
    return own.reduce((sum, at) => sum + Number(at < percentile), 0) / count;
  });
}

/** Mean pairwise distance of held-out real films, over all of them: a mean over pairs does not depend on their number. */
function realDiversity({ heldOut }: ClassFilms, diversityFilms: number): number {
  return meanPairwiseDistanceOfResamples(firstRows(heldOut, Math.max(512, diversityFilms)))();
}

/** The first rows of a table, or all. */
export function firstRows(features: Features, rows: number): Features {
  const [all, columns] = features.shape;
  if (all <= rows) return features;
  return { ...features, data: features.data.subarray(0, rows * columns), shape: [rows, columns] };
}
