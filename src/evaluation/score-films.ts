import {
  extractFeatures,
  meanPairwiseDistanceOfResamples,
  meanPairwiseSimilarity,
  memorisation,
  precisionRecall,
  vendiScore,
  type FeatureExtractor,
  type Features,
  type Moments,
} from "../metrics/index.ts";
import type { AnatomyRanges } from "./anatomy-ranges.ts";
import { ANATOMY_MEASURES, lungImbalance, type AnatomyMeasure } from "./anatomy.ts";
import { classStatistics, firstRows, type ClassStatistics } from "./class-statistics.ts";
import { filmStack } from "./counterfactual/test-swaps.ts";
import type { FilmReader } from "./networks/film-reader.ts";
import type { ClassFilms, ReferenceSet } from "./reference-set.ts";
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
  /** Mean multi-scale structural similarity of pairs, and that of real films: the higher, the less they differ. */
  readonly similarity: number;
  readonly realSimilarity: number;
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
  /** Share of films whose anatomy, as the judge reads it, lies within the training films' 1-99 % range; by measure. */
  readonly anatomy: Readonly<Partial<Record<AnatomyMeasure, number>>>;
  /** How much larger the left lung is than the right one, as the judge reads each film of a tail class, by class. */
  readonly lungImbalance: Readonly<Record<string, Float32Array>>;
}

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
  /** Real films that nothing is trained on, `diversityFilms` of each type, to set generated ones beside. */
  readonly realFilms: (type: string) => Promise<Float32Array>;
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
  const inRange = new Map<AnatomyMeasure, number>();
  const imbalance: Record<string, Float32Array> = {};
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
    classes.push({
      ...classScores(generated, statistics, real, options),
      similarity: similarityOf(images, options),
      realSimilarity: similarityOf(await options.realFilms(real.type), options),
    });
    seen += right.length;
    for (const name of ANATOMY_MEASURES) {
      const range = ranges[name];
      if (range === undefined) continue;
      const inside = readings.anatomy[name].reduce(
        (sum, value) => sum + Number(value >= range[0] && value <= range[1]),
        0,
      );
      inRange.set(name, (inRange.get(name) ?? 0) + inside);
    }
    if (tailClasses.includes(real.type)) imbalance[real.type] = lungImbalance(readings.anatomy);
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
    anatomy: Object.fromEntries([...inRange].map(([name, inside]) => [name, inside / seen])),
    lungImbalance: imbalance,
  };
}

function classScores(
  generated: Features,
  statistics: ClassStatistics,
  real: ClassFilms,
  { diversityFilms }: ScoringOptions,
): Omit<ClassScores, "memorised" | "similarity" | "realSimilarity"> {
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

const SIMILARITY_WINDOW = { windowSizePx: 7 };

function similarityOf(
  films: Float32Array,
  { diversityFilms, judge: { imageSizePx } }: ScoringOptions,
): number {
  const shown = films.subarray(0, diversityFilms * imageSizePx ** 2);
  // Each with the next few: all pairs say no more, and take long.
  const pairs = Array.from({ length: diversityFilms }, (_, film) =>
    [1, 2, 3, 4].map((step) => [film, (film + step) % diversityFilms] as const),
  ).flat();
  return meanPairwiseSimilarity(filmStack(shown, imageSizePx), pairs, SIMILARITY_WINDOW).value;
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
