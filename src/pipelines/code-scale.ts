import { codeWidth, type CodeLayout } from "../diffusion/index.ts";

/** Brings codes to mean 0 and standard deviation 1: scaled = (code − mean) / deviation, each [D]. */
export interface CodeScale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/**
 * The scale of training codes. Each number has its own mean; the deviation is common to all places of a map's channel,
 * and to all numbers of the whole film, so that what varies most stays what varies most. Without it a diffusion model's
 * noise does not cover the codes, and samples are noise (Rombach et al. 2022, arXiv:2112.10752, section 3.3 and appendix G).
 */
export function measureScale(rows: Float32Array, layout: CodeLayout): CodeScale {
  const width = codeWidth(layout);
  const count = rows.length / width;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) mean[at]! += rows[row * width + at]! / count;
  }
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) {
      square[at]! += (rows[row * width + at]! - mean[at]!) ** 2 / count;
    }
  }
  const onMap = width - layout.whole;
  const groupOf = (at: number) => (at < onMap ? at % layout.channels : layout.channels);
  const sums = new Float64Array(layout.channels + 1);
  const sizes = new Float64Array(layout.channels + 1);
  for (let at = 0; at < width; at++) {
    sums[groupOf(at)]! += square[at]!;
    sizes[groupOf(at)]!++;
  }
  const deviation = Float32Array.from({ length: width }, (_, at) => {
    const group = groupOf(at);
    return Math.max(1e-6, Math.sqrt(sums[group]! / sizes[group]!));
  });
  return { mean: Float32Array.from(mean), deviation };
}

export function scaleCodes(rows: Float32Array, { mean, deviation }: CodeScale): Float32Array {
  return rows.map((value, at) => (value - mean[at % mean.length]!) / deviation[at % mean.length]!);
}

export function unscaleCodes(rows: Float32Array, { mean, deviation }: CodeScale): Float32Array {
  return rows.map((value, at) => value * deviation[at % mean.length]! + mean[at % mean.length]!);
}
