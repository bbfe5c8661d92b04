import { foldIn, permutation, type Key } from "../../engine/random.ts";
import {
  featureScore,
  requireComparable,
  type Features,
  type FeatureScore,
} from "../feature-extractor.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { selectRows, type Table } from "../table.ts";

/**
 * Unbiased squared maximum mean discrepancy with the kernel (x·y/D + 1)³ over all pairs: KID without blocks.
 * Bińkowski et al. 2018 (arXiv:1801.01401), section 4; Gretton et al. 2012, eq. 3. 0 in the mean for a perfect
 * generator at every N, and so may be negative. Costs N² D.
 *
 * @param films Features [N, D] of one extractor, N at least 2; else MetricInputError.
 */
export function kernelDistance(films: {
  readonly reference: Features;
  readonly generated: Features;
}): FeatureScore {
  requireComparable("kernelDistance", films);
  return featureScore(unbiasedMmd(films.reference, films.generated), films);
}

/** KID over blocks: the mean, and the standard deviation between blocks. */
export interface BlockScore extends FeatureScore {
  readonly standardDeviation: number;
  readonly blocks: number;
  readonly blockSize: number;
}

/**
 * KID as usually reported: the mean of {@link kernelDistance} over random blocks, drawn without replacement in a block.
 *
 * @param options `blocks` 100 and `blockSize` min(1000, films of the smaller set) when omitted.
 */
export function kernelDistanceInBlocks(
  films: { readonly reference: Features; readonly generated: Features },
  {
    stream,
    blocks = 100,
    blockSize = Math.min(1000, films.reference.shape[0], films.generated.shape[0]),
  }: { readonly stream: Key; readonly blocks?: number; readonly blockSize?: number },
): BlockScore {
  const metric = "kernelDistanceInBlocks";
  requireComparable(metric, films);
  const { reference, generated } = films;
  const available = Math.min(reference.shape[0], generated.shape[0]);
  if (!(blocks >= 1 && blockSize >= 2 && blockSize <= available)) {
    throw new MetricInputError(
      metric,
      "blockSize",
      `is ${blockSize} in ${blocks} blocks; give 2 to ${available} films and 1 block or more.`,
    );
  }
  const block = (table: Table, key: Key) =>
    selectRows(table, permutation(key, table.shape[0]).subarray(0, blockSize));
  const values = Array.from({ length: blocks }, (_, index) => {
    const key = foldIn(stream, index);
    return unbiasedMmd(
      block(reference, foldIn(key, "reference")),
      block(generated, foldIn(key, "generated")),
    );
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / blocks;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / blocks;
  const standardDeviation = Math.sqrt(variance);
  return { ...featureScore(mean, films), standardDeviation, blocks, blockSize };
}

/**
 * Prepares KID of many resamples of the same generated films against a fixed reference: the kernels are computed once.
 * A film that was drawn twice makes no pair with itself, or the bootstrap would be biased upwards.
 *
 * @returns The KID of the generated films with these row numbers; of all of them when omitted.
 */
export function kernelDistanceOfResamples(films: {
  readonly reference: Features;
  readonly generated: Features;
}): (rows?: ArrayLike<number>) => number {
  requireComparable("kernelDistanceOfResamples", films);
  const { reference, generated } = films;
  const count = generated.shape[0];
  const withinReference = meanOfPairs(reference);
  const across = new Float64Array(count);
  const within = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < reference.shape[0]; j++)
      sum += polynomialKernel(generated, i, reference, j);
    across[i] = sum / reference.shape[0];
    for (let j = 0; j < i; j++) {
      within[i * count + j] = within[j * count + i] = polynomialKernel(generated, i, generated, j);
    }
  }
  return (rows = Int32Array.from({ length: count }, (_, row) => row)) => {
    const times = new Float64Array(count);
    for (const row of Array.from(rows)) times[row]! += 1;
    let acrossSum = 0;
    let pairs = 0;
    let pairSum = 0;
    for (let i = 0; i < count; i++) {
      if (times[i] === 0) continue;
      acrossSum += times[i]! * across[i]!;
      let sum = 0;
      for (let j = 0; j < count; j++) sum += times[j]! * within[i * count + j]!;
      pairSum += times[i]! * sum;
      pairs += times[i]! * (rows.length - times[i]!);
    }
    return withinReference + pairSum / pairs - (2 * acrossSum) / rows.length;
  };
}

function unbiasedMmd(first: Table, second: Table): number {
  let across = 0;
  for (let i = 0; i < first.shape[0]; i++) {
    for (let j = 0; j < second.shape[0]; j++) across += polynomialKernel(first, i, second, j);
  }
  across /= first.shape[0] * second.shape[0];
  return meanOfPairs(first) + meanOfPairs(second) - 2 * across;
}

// Over pairs of different rows.
function meanOfPairs(table: Table): number {
  const rows = table.shape[0];
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) sum += polynomialKernel(table, i, table, j);
  }
  return (2 * sum) / (rows * (rows - 1));
}

function polynomialKernel(first: Table, i: number, second: Table, j: number): number {
  const columns = first.shape[1];
  const a = first.data;
  const b = second.data;
  let dot = 0;
  for (let k = 0, p = i * columns, q = j * columns; k < columns; k++, p++, q++)
    dot += a[p]! * b[q]!;
  const base = dot / columns + 1;
  return base * base * base;
}
