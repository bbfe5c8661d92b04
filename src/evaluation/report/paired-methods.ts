import { foldIn, type Key } from "../../engine/index.ts";
import { bootstrap, confusionMatrix, type Estimate } from "../../metrics/index.ts";
import type { StatisticName } from "../score-films.ts";
import type { MethodId } from "../settings/methods.ts";
import { hierarchicalEstimate } from "../statistics/hierarchical-estimate.ts";
import type { MethodResult } from "./collect-results.ts";

/** The seeds under which every one of the methods was run: what can be paired. */
export function commonSeeds(
  results: readonly MethodResult[],
  methods: readonly MethodId[],
): number[] {
  const seedsOf = (id: MethodId) =>
    results.filter(({ method }) => method === id).map(({ seed }) => seed);
  const [first = [], ...others] = methods.map(seedsOf);
  return first.filter((seed) => others.every((own) => own.includes(seed))).sort((a, b) => a - b);
}

/**
 * A statistic of generating methods, paired by seed and by film.
 *
 * @param combine Of each method's mean, such as a ratio.
 * @returns Nothing where the methods share no seed.
 */
export function pairedStatistic(
  results: readonly MethodResult[],
  methods: readonly MethodId[],
  {
    name,
    combine,
    stream,
  }: {
    readonly name: StatisticName;
    readonly combine: (means: readonly number[]) => number;
    readonly stream: Key;
  },
): Estimate | undefined {
  const seeds = commonSeeds(results, methods);
  if (seeds.length === 0) return undefined;
  const table = methods.map((id) =>
    seeds.map((seed) => resultOf(results, id, seed).generated!.statistics[name]),
  );
  return hierarchicalEstimate(combine, table, { stream: foldIn(stream, name) });
}

/** Balanced accuracy of methods on the same test films, paired by seed and by film; classes keep their size. */
export function pairedAccuracy(
  results: readonly MethodResult[],
  methods: readonly MethodId[],
  {
    truth,
    numClasses,
    combine,
    stream,
    replicates,
  }: {
    /** Class number of each test film. */
    readonly truth: ArrayLike<number>;
    readonly numClasses: number;
    readonly combine: (means: readonly number[]) => number;
    readonly stream: Key;
    readonly replicates: number;
  },
): Estimate | undefined {
  const seeds = commonSeeds(results, methods);
  if (seeds.length === 0) return undefined;
  const verdicts = methods.map((id) => seeds.map((seed) => resultOf(results, id, seed).test));
  return bootstrap(
    ({ seeds: drawn, samples }) =>
      combine(
        verdicts.map((own) => {
          let sum = 0;
          drawn.forEach((seed, at) => {
            sum += balancedAccuracy(samples[at]!, truth, own[seed]!, numClasses);
          });
          return sum / drawn.length;
        }),
      ),
    { samples: seeds.map(() => truth.length), isShared: true, strata: [truth] },
    { stream: foldIn(stream, "accuracy"), replicates },
  );
}

function resultOf(results: readonly MethodResult[], id: MethodId, wanted: number): MethodResult {
  return results.find(({ method, seed }) => method === id && seed === wanted)!;
}

function balancedAccuracy(
  rows: Int32Array,
  truth: ArrayLike<number>,
  verdicts: Uint8Array,
  numClasses: number,
): number {
  const counts = confusionMatrix(
    rows.map((row) => truth[row]!),
    rows.map((row) => verdicts[row]!),
    numClasses,
  );
  const recalls = counts.flatMap((row, k) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return all === 0 ? [] : [row[k]! / all];
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
