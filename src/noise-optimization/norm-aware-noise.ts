import type { ReferenceMixture } from "./reference-targets.ts";

/**
 * Initial noise near that of references: for each sample the norm-aware centroid of its inverted references, approached from fresh
 * noise along the sphere. Samuel et al. 2023 (NAO, arXiv:2306.08687) seek paths and centroids that maximise the χ log-density of the
 * norm; in many dimensions that density is a thin shell of radius √(d − 1), so the best path is a great circle on it and the best centroid
 * the Fréchet mean of the sphere, which is what is computed here (straight averages leave the shell and decode to grey).
 *
 * @param inverted Initial noise that makes each reference (`invertSampler`), shape [R, d].
 * @param fresh Standard normal noise, one row a sample.
 * @param options `strength`: from 0 (fresh noise) to 1 (the centroid itself); 0.5 when omitted.
 */
export function normAwareNoise(
  inverted: Float32Array,
  fresh: Float32Array,
  {
    width,
    mixtures,
    strength = 0.5,
  }: {
    readonly width: number;
    readonly mixtures: readonly ReferenceMixture[];
    readonly strength?: number;
  },
): Float32Array {
  if (fresh.length !== mixtures.length * width) {
    throw new RangeError(
      `normAwareNoise: ${fresh.length} numbers of fresh noise; ${mixtures.length} samples of ${width} need ${mixtures.length * width}.`,
    );
  }
  const noise = new Float32Array(fresh.length);
  mixtures.forEach(({ rows, weights }, sample) => {
    const directions = rows.map((row) => unit(inverted.subarray(row * width, (row + 1) * width)));
    const centroid = sphereMean(directions, weights);
    const start = unit(fresh.subarray(sample * width, (sample + 1) * width));
    const direction = slerp(start, centroid, strength);
    const radius = Math.sqrt(width - 1);
    noise.set(
      direction.map((value) => value * radius),
      sample * width,
    );
  });
  return noise;
}

/** The point of the unit sphere with the least weighted sum of squared angles to `points`; Karcher's iteration. */
export function sphereMean(
  points: readonly Float64Array[],
  weights: readonly number[],
): Float64Array {
  let mean = unit(
    points[0]!.map((_, at) =>
      points.reduce((sum, point, index) => sum + weights[index]! * point[at]!, 0),
    ),
  );
  for (let iteration = 0; iteration < 20; iteration++) {
    const step = new Float64Array(mean.length);
    points.forEach((point, index) => {
      const cosine = clamp(dot(mean, point));
      const angle = Math.acos(cosine);
      const scale = angle < 1e-9 ? 1 : angle / Math.sin(angle);
      for (let at = 0; at < step.length; at++) {
        step[at]! += weights[index]! * scale * (point[at]! - cosine * mean[at]!);
      }
    });
    const length = Math.sqrt(dot(step, step));
    if (length < 1e-10) break;
    const here = mean;
    mean = unit(
      here.map((value, at) => Math.cos(length) * value + (Math.sin(length) * step[at]!) / length),
    );
  }
  return mean;
}

/** The point at `share` of the great circle from a to b; Shoemake 1985. */
export function slerp(a: Float64Array, b: Float64Array, share: number): Float64Array {
  const angle = Math.acos(clamp(dot(a, b)));
  if (angle < 1e-9) return a.slice();
  const [fromA, fromB] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
  return a.map((value, at) => (fromA * value + fromB * b[at]!) / Math.sin(angle));
}

function unit(row: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(row);
  const norm = Math.sqrt(dot(values, values));
  return values.map((value) => value / norm);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function clamp(cosine: number): number {
  return Math.min(1, Math.max(-1, cosine));
}
