import type { Film } from "../../data/index.ts";
import type { Key } from "../../engine/index.ts";
import { foldIn } from "../../engine/index.ts";
import {
  auroc,
  averagePrecision,
  bootstrapAll,
  type Estimate,
  type Resample,
} from "../../metrics/index.ts";
import { meanOf } from "../mean-of.ts";

/** What a classifier said of the held-out films under each of its training seeds: log-odds, shape [N, labels]. */
export type SeedScores = readonly Float32Array[];

/** How well held-out films are told apart; intervals are over patients and training seeds. */
export interface FolderScores {
  /** Means over the measured labels, each against all films without it. */
  readonly macroAuroc: Estimate;
  readonly macroAveragePrecision: Estimate;
  /** Of films that show exactly one of the measured labels: the likeliest of these. */
  readonly balancedAccuracy: Estimate;
  readonly byLabel: Readonly<
    Record<string, { readonly auroc: number; readonly averagePrecision: number }>
  >;
  /** Macro AUROC among the films of each view that has enough of them. */
  readonly byView: Readonly<
    Record<string, { readonly films: number; readonly macroAuroc: number }>
  >;
  /** Against the baseline on the same films and seeds, where there is one. */
  readonly aurocGain?: Estimate;
}

export interface FolderScoring {
  readonly films: readonly Film[];
  /** The columns of the scores. */
  readonly labels: readonly string[];
  /** Labels of which enough held-out patients are positive. */
  readonly measured: readonly string[];
  readonly stream: Key;
  readonly replicates: number;
  readonly baseline?: SeedScores;
}

/** Views with fewer films say nothing of their own. */
const MIN_VIEW_FILMS = 30;

/** Labels of which at least so many patients of these films are positive. */
export function measuredLabels(
  films: readonly Film[],
  labels: readonly string[],
  minPatients: number,
): string[] {
  return labels.filter((label) => {
    const positive = films.filter((film) => film.labels.includes(label));
    return (
      positive.length < films.length &&
      new Set(positive.map(({ patient }) => patient)).size >= minPatients
    );
  });
}

/** Scores a classifier on held-out films; whole patients are resampled. */
export function scoreFolder(scores: SeedScores, scoring: FolderScoring): FolderScores {
  const { films, measured, stream, replicates, baseline } = scoring;
  const all = Int32Array.from(films.keys());
  const meanOverSeeds = (
    { seeds, samples }: Resample,
    statistic: (own: Float32Array, rows: Int32Array) => number,
    of: SeedScores,
  ) => {
    let sum = 0;
    seeds.forEach((seed, at) => (sum += statistic(of[seed]!, samples[at]!)));
    return sum / seeds.length;
  };
  const macro = (which: typeof auroc) => (own: Float32Array, rows: Int32Array) =>
    meanOrZero(measured.flatMap((label) => ranked(which, own, rows, label, scoring)));
  const single = singleLabelFilms(scoring);
  const estimates = bootstrapAll(
    (resample) => ({
      macroAuroc: meanOverSeeds(resample, macro(auroc), scores),
      macroAveragePrecision: meanOverSeeds(resample, macro(averagePrecision), scores),
      balancedAccuracy: meanOverSeeds(
        resample,
        (own, rows) => balancedAccuracy(own, rows, single, scoring),
        scores,
      ),
      aurocGain:
        baseline === undefined
          ? 0
          : meanOverSeeds(resample, macro(auroc), scores) -
            meanOverSeeds(resample, macro(auroc), baseline),
    }),
    {
      samples: scores.map(() => films.length),
      isShared: true,
      groups: [films.map(({ patient }) => patient)],
    },
    { stream: foldIn(stream, "patients"), replicates },
  );
  const overSeeds = (which: typeof auroc, label: string) =>
    meanOrZero(scores.flatMap((own) => ranked(which, own, all, label, scoring)));
  const { aurocGain, ...own } = estimates;
  return {
    ...own,
    byLabel: Object.fromEntries(
      measured.map((label) => [
        label,
        { auroc: overSeeds(auroc, label), averagePrecision: overSeeds(averagePrecision, label) },
      ]),
    ),
    byView: viewScores(scores, scoring, macro(auroc)),
    ...(baseline === undefined ? {} : { aurocGain }),
  };
}

function viewScores(
  scores: SeedScores,
  { films }: FolderScoring,
  macro: (own: Float32Array, rows: Int32Array) => number,
): FolderScores["byView"] {
  const views = [...new Set(films.map(({ attributes }) => attributes["view"] ?? "unknown"))];
  return Object.fromEntries(
    views.sort().flatMap((view) => {
      const rows = Int32Array.from(
        [...films.keys()].filter((at) => (films[at]!.attributes["view"] ?? "unknown") === view),
      );
      if (rows.length < MIN_VIEW_FILMS) return [];
      const macroAuroc = meanOrZero(scores.map((own) => macro(own, rows)));
      return [[view, { films: rows.length, macroAuroc }] as const];
    }),
  );
}

/** Nothing where the rows are all positive or all negative: a resample may be. */
function ranked(
  statistic: typeof auroc,
  scores: Float32Array,
  rows: Int32Array,
  label: string,
  { films, labels }: FolderScoring,
): number[] {
  const column = labels.indexOf(label);
  const isPositive = Array.from(rows, (row) => Number(films[row]!.labels.includes(label)));
  if (isPositive.every((value) => value === isPositive[0])) return [];
  return [
    statistic(
      Array.from(rows, (row) => scores[row * labels.length + column]!),
      isPositive,
    ),
  ];
}

/** The measured label of each film that has just one, else -1. */
function singleLabelFilms({ films, measured }: FolderScoring): Int32Array {
  return Int32Array.from(films, (film) => {
    const own = measured.flatMap((label, at) => (film.labels.includes(label) ? [at] : []));
    return own.length === 1 && film.labels.length === 1 ? own[0]! : -1;
  });
}

/** A resample may lack positive films of every label. */
function meanOrZero(values: readonly number[]): number {
  return values.length === 0 ? 0 : meanOf(values);
}

function balancedAccuracy(
  scores: Float32Array,
  rows: Int32Array,
  truth: Int32Array,
  { labels, measured }: FolderScoring,
): number {
  const columns = measured.map((label) => labels.indexOf(label));
  const right = new Float64Array(measured.length);
  const seen = new Float64Array(measured.length);
  for (const row of rows) {
    const own = truth[row]!;
    if (own < 0) continue;
    const logits = columns.map((column) => scores[row * labels.length + column]!);
    seen[own]!++;
    if (logits.indexOf(Math.max(...logits)) === own) right[own]!++;
  }
  return meanOrZero(
    Array.from(seen.keys()).flatMap((k) => (seen[k]! > 0 ? [right[k]! / seen[k]!] : [])),
  );
}
