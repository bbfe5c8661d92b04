import { MetricInputError } from "../metric-input-error.ts";
import { requireEqualLength } from "../table.ts";

/**
 * Area under the ROC curve: the probability that a positive scores above a negative, ties counting half.
 * Hanley and McNeil 1982.
 *
 * @param scores Higher for likelier positives.
 * @param isPositive 1 or 0 for each score; both must occur, else MetricInputError.
 * @returns From 0 to 1; 0.5 by guessing.
 */
export function auroc(scores: ArrayLike<number>, isPositive: ArrayLike<number>): number {
  const { groups, positives, negatives } = tiedGroups("auroc", scores, isPositive);
  let above = 0;
  let sum = 0;
  for (const group of groups) {
    sum += group.negatives * (above + group.positives / 2);
    above += group.positives;
  }
  return sum / (positives * negatives);
}

/**
 * Area under the precision-recall curve as average precision: Σ_n (R_n − R_{n−1}) P_n over thresholds, as scikit-learn
 * defines it, without interpolation.
 *
 * @param scores Higher for likelier positives.
 * @param isPositive 1 or 0 for each score; both must occur, else MetricInputError.
 * @returns From 0 to 1; the share of positives by guessing.
 */
export function averagePrecision(scores: ArrayLike<number>, isPositive: ArrayLike<number>): number {
  const { groups, positives } = tiedGroups("averagePrecision", scores, isPositive);
  let found = 0;
  let seen = 0;
  let sum = 0;
  for (const group of groups) {
    found += group.positives;
    seen += group.positives + group.negatives;
    sum += (group.positives / positives) * (found / seen);
  }
  return sum;
}

/** Ranking quality of one label. */
export interface LabelRanking {
  readonly label: string;
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly positiveFilms: number;
  readonly positivePatients: number;
}

/** Ranking quality of many labels, and the means over those with enough patients. */
export interface RankingReport {
  readonly macroAuroc: number;
  readonly macroAveragePrecision: number;
  readonly labels: readonly LabelRanking[];
  /** Labels without enough positive patients: no claim is made on them. */
  readonly skipped: readonly string[];
  readonly films: number;
}

/**
 * AUROC and average precision of each label of films that may have several, and their plain means.
 *
 * @param options `scores` and `isPositive`: [N, labels], row after row; `patients`: one a film; labels with fewer than
 *   `minPatients` positive patients (10 when omitted), or with no negative film, are skipped by name.
 */
export function rankLabels({
  scores,
  isPositive,
  labels,
  patients,
  minPatients = 10,
}: {
  readonly scores: ArrayLike<number>;
  readonly isPositive: ArrayLike<number>;
  readonly labels: readonly string[];
  readonly patients: readonly (string | number)[];
  readonly minPatients?: number;
}): RankingReport {
  const films = patients.length;
  requireEqualLength("rankLabels", "scores", scores.length, films * labels.length);
  requireEqualLength("rankLabels", "isPositive", isPositive.length, films * labels.length);
  const skipped: string[] = [];
  const ranked: LabelRanking[] = [];
  labels.forEach((label, k) => {
    const of = (values: ArrayLike<number>) =>
      Float64Array.from({ length: films }, (_, film) => values[film * labels.length + k]!);
    const truth = of(isPositive);
    const positive = patients.filter((_, film) => truth[film] === 1);
    const positivePatients = new Set(positive).size;
    if (positivePatients < Math.max(1, minPatients) || positive.length === films) {
      skipped.push(label);
      return;
    }
    ranked.push({
      label,
      auroc: auroc(of(scores), truth),
      averagePrecision: averagePrecision(of(scores), truth),
      positiveFilms: positive.length,
      positivePatients,
    });
  });
  if (ranked.length === 0) {
    throw new MetricInputError(
      "rankLabels",
      "isPositive",
      `has no label with ${minPatients} positive patients and a negative film; give more films.`,
    );
  }
  const mean = (pick: (of: LabelRanking) => number) =>
    ranked.reduce((sum, of) => sum + pick(of), 0) / ranked.length;
  return {
    macroAuroc: mean((of) => of.auroc),
    macroAveragePrecision: mean((of) => of.averagePrecision),
    labels: ranked,
    skipped,
    films,
  };
}

interface TiedGroup {
  positives: number;
  negatives: number;
}

// Counts of positives and negatives at each distinct score, highest score first.
function tiedGroups(metric: string, scores: ArrayLike<number>, isPositive: ArrayLike<number>) {
  requireEqualLength(metric, "isPositive", isPositive.length, scores.length);
  const order = Uint32Array.from({ length: scores.length }, (_, at) => at);
  order.sort((a, b) => scores[b]! - scores[a]!);
  const groups: TiedGroup[] = [];
  let positives = 0;
  order.forEach((at, place) => {
    const score = scores[at]!;
    const flag = isPositive[at]!;
    if (!Number.isFinite(score) || (flag !== 0 && flag !== 1)) {
      throw new MetricInputError(
        metric,
        Number.isFinite(score) ? "isPositive" : "scores",
        `has score ${score} and label ${flag} at ${at}; give finite scores and labels of 0 or 1.`,
      );
    }
    if (place === 0 || score !== scores[order[place - 1]!])
      groups.push({ positives: 0, negatives: 0 });
    if (flag === 1) groups.at(-1)!.positives++;
    else groups.at(-1)!.negatives++;
    positives += flag;
  });
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new MetricInputError(
      metric,
      "isPositive",
      `has ${positives} positives and ${negatives} negatives; both must occur.`,
    );
  }
  return { groups, positives, negatives };
}
