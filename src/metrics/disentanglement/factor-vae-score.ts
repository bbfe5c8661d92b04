import { foldIn, randint, type Key } from "../../engine/random.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { requireTable, type Table } from "../table.ts";
import { distinct, type Factor } from "./coded-films.ts";

/** Films that agree in one factor. */
export interface FixedFactorBatch {
  /** Which factor, from 0. */
  readonly factor: number;
  /** Their codes, [batch, D]. */
  readonly codes: Table;
}

/** A majority vote's accuracy at naming the fixed factor. */
export interface FactorVaeScore {
  /** On the evaluation batches, from 0 to 1. */
  readonly value: number;
  readonly trainAccuracy: number;
  /** Codes that vary at all; the others cannot be voted for. */
  readonly activeCodes: number;
  readonly trainBatches: number;
  readonly evaluationBatches: number;
}

/**
 * FactorVAE score: in films that agree in one factor the code with the smallest variance, relative to its variance
 * overall, votes for that factor; the accuracy of the majority vote. Kim and Mnih 2018 (arXiv:1802.05983).
 *
 * @param options `codes`: [N, D] of films at large, for the overall variances; `train` and `evaluation` batches of at
 *   least two films; else MetricInputError.
 */
export function factorVaeScore({
  codes,
  train,
  evaluation,
}: {
  readonly codes: Table;
  readonly train: readonly FixedFactorBatch[];
  readonly evaluation: readonly FixedFactorBatch[];
}): FactorVaeScore {
  requireTable("factorVaeScore", "codes", codes, 2);
  const overall = columnVariances(codes);
  const activeCodes = overall.filter((variance) => variance > 0).length;
  if (train.length === 0 || evaluation.length === 0 || activeCodes === 0) {
    throw new MetricInputError(
      "factorVaeScore",
      "batches",
      `are ${train.length} and ${evaluation.length} with ${activeCodes} active codes; give 1 or more of each.`,
    );
  }
  const vote = ({ codes: batch }: FixedFactorBatch) => {
    requireTable("factorVaeScore", "batch", batch, 2);
    const relative = columnVariances(batch).map((variance, d) =>
      overall[d]! > 0 ? variance / overall[d]! : Infinity,
    );
    return relative.indexOf(Math.min(...relative));
  };
  const votes = Array.from({ length: codes.shape[1] }, () => new Map<number, number>());
  const trainVotes = train.map(vote);
  trainVotes.forEach((code, at) => {
    const { factor } = train[at]!;
    votes[code]!.set(factor, (votes[code]!.get(factor) ?? 0) + 1);
  });
  // Among equals the lower factor, as numpy.argmax.
  const winner = votes.map(
    (counts) => [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0,
  );
  const share = (codesVoted: readonly number[], batches: readonly FixedFactorBatch[]) =>
    codesVoted.filter((code, at) => winner[code] === batches[at]!.factor).length / batches.length;
  return {
    value: share(evaluation.map(vote), evaluation),
    trainAccuracy: share(trainVotes, train),
    activeCodes,
    trainBatches: train.length,
    evaluationBatches: evaluation.length,
  };
}

/**
 * Draws films that agree in one factor, from films there are: a factor, then a film, then others with its value, with
 * replacement. Where films can be rendered at will, render them instead: here rare values are seen in few films.
 *
 * @param factors Discrete; else MetricInputError.
 * @param options How many `batches`; `batchSize` 64 when omitted.
 */
export function drawFixedFactorBatches(
  stream: Key,
  factors: readonly Factor[],
  { batches, batchSize = 64 }: { readonly batches: number; readonly batchSize?: number },
): { readonly factor: number; readonly films: Int32Array }[] {
  const byValue = factors.map(({ name, kind, values }) => {
    if (kind === "continuous") {
      throw new MetricInputError(
        "drawFixedFactorBatches",
        `factor ${name}`,
        "is continuous: no two films agree in it; bin it first.",
      );
    }
    const films = Array.from(values, (_, film) => film);
    return new Map(
      distinct(values).map((value) => [value, films.filter((film) => values[film] === value)]),
    );
  });
  return Array.from({ length: batches }, (_, at) => {
    const key = foldIn(stream, at);
    const factor = randint(foldIn(key, "factor"), 1, { max: factors.length })[0]!;
    const { values } = factors[factor]!;
    const film = randint(foldIn(key, "film"), 1, { max: values.length })[0]!;
    const alike = byValue[factor]!.get(values[film]!)!;
    const drawn = randint(foldIn(key, "batch"), batchSize, { max: alike.length });
    return { factor, films: drawn.map((index) => alike[index]!) };
  });
}

function columnVariances({ data, shape: [rows, columns] }: Table): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += data[row * columns + column]! / rows;
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (data[row * columns + column]! - mean) ** 2;
    return sum / (rows - 1);
  });
}
