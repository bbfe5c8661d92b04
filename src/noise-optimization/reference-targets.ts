import { foldIn, permutation, uniform, type Key } from "../engine/index.ts";

export interface ReferenceMixing {
  /** Names the draw: equal streams give equal subsets. */
  readonly stream: Key;
  readonly count: number;
  /** References that each sample looks at; 3 when omitted, or all where there are fewer. */
  readonly subsetSize?: number;
  /** `convex` (the default): random weights, uniform over the simplex; `mean`: all alike. */
  readonly mixing?: "convex" | "mean";
}

/** Which references a sample looks at, and how much at each; weights sum to 1. */
export interface ReferenceMixture {
  readonly rows: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Draws a subset of the references with weights for each sample. Every sample pulled to the same centroid would end in the same
 * place: a rare class would gain quality and lose its diversity.
 */
export function drawMixtures(
  numReferences: number,
  { stream, count, subsetSize = 3, mixing = "convex" }: ReferenceMixing,
): ReferenceMixture[] {
  if (numReferences < 1) throw new RangeError("drawMixtures: give at least one reference.");
  const size = Math.min(subsetSize, numReferences);
  return Array.from({ length: count }, (_, sample) => {
    const key = foldIn(stream, sample);
    const rows = [...permutation(foldIn(key, "subset"), numReferences).subarray(0, size)];
    // Exponential draws, normalised, are uniform over the simplex (Dirichlet(1, …, 1)).
    const draws =
      mixing === "mean"
        ? rows.map(() => 1)
        : [...uniform(foldIn(key, "weights"), size)].map((draw) => -Math.log(1 - draw) + 1e-6);
    const total = draws.reduce((sum, draw) => sum + draw, 0);
    return { rows, weights: draws.map((draw) => draw / total) };
  });
}

/** The weighted means of each sample's references, one row a sample. */
export function mixReferences(
  references: Float32Array,
  width: number,
  mixtures: readonly ReferenceMixture[],
): Float32Array {
  const mixed = new Float32Array(mixtures.length * width);
  mixtures.forEach(({ rows, weights }, sample) => {
    rows.forEach((row, at) => {
      for (let column = 0; column < width; column++) {
        mixed[sample * width + column]! += weights[at]! * references[row * width + column]!;
      }
    });
  });
  return mixed;
}
