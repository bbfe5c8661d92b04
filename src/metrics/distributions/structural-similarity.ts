import { MetricInputError } from "../metric-input-error.ts";

/** Grey films of equal size, shape [N, H, W], of white = 1. */
export interface FilmStack {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly [films: number, heightPx: number, widthPx: number];
}

/** The window that means and variances are taken over. */
export interface SimilarityWindow {
  /** "gaussian" when omitted (σ 1.5 px, as Wang et al.), or "uniform". */
  readonly window?: "gaussian" | "uniform";
  /** An odd number of pixels; 11 when omitted. */
  readonly windowSizePx?: number;
}

/** Structural similarity and its contrast-structure part around each pixel where a window fits. */
export interface SimilarityMap {
  readonly heightPx: number;
  readonly widthPx: number;
  readonly similarity: Float64Array;
  readonly contrastStructure: Float64Array;
}

const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
const SIGMA_PX = 1.5;
// Wang et al. 2003.
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * Structural similarity of film k of one stack with film k of another, over windows that lie wholly inside.
 * Wang et al. 2004, eq. 13, intensities from 0 to 1.
 *
 * @returns One number a film, from -1 to 1.
 */
export function structuralSimilarity(
  first: FilmStack,
  second: FilmStack,
  window: SimilarityWindow = {},
): Float64Array {
  requireAlike("structuralSimilarity", first, second);
  return Float64Array.from({ length: first.shape[0] }, (_, film) =>
    average(similarityMap(planeOf(first, film), planeOf(second, film), window).similarity),
  );
}

/** The map that {@link structuralSimilarity} averages, for one film of each stack. */
export function structuralSimilarityMap(
  first: FilmStack,
  second: FilmStack,
  { film, ...window }: SimilarityWindow & { readonly film: number },
): SimilarityMap {
  requireAlike("structuralSimilarityMap", first, second);
  return similarityMap(planeOf(first, film), planeOf(second, film), window);
}

/**
 * Multi-scale structural similarity of film k of one stack with film k of another: Π_s (contrast-structure_s)^w_s, the
 * last scale with luminance too, each scale half the size of the one before. Wang, Simoncelli and Bovik 2003, eq. 7.
 * Negative means count as 0. Sizes over 160 px use all five scales; smaller films as many as leave a window of room,
 * with the weights of those scales made to add up to 1: compare only numbers with equal `scales`.
 *
 * @returns `values` from 0 to 1, one a film.
 */
export function multiScaleSimilarity(
  first: FilmStack,
  second: FilmStack,
  window: SimilarityWindow = {},
): { readonly values: Float64Array; readonly scales: number } {
  requireAlike("multiScaleSimilarity", first, second);
  const { windowSizePx = 11 } = window;
  const room = Math.min(first.shape[1], first.shape[2]);
  const scales = SCALE_WEIGHTS.filter((_, s) => room > (windowSizePx - 1) * 2 ** s).length;
  // The five published weights add up to 1.0001; implementations take them as they are.
  const total =
    scales === SCALE_WEIGHTS.length
      ? 1
      : SCALE_WEIGHTS.slice(0, scales).reduce((sum, weight) => sum + weight, 0);
  const values = Float64Array.from({ length: first.shape[0] }, (_, film) => {
    let [a, b] = [planeOf(first, film), planeOf(second, film)];
    let product = 1;
    for (let scale = 0; scale < scales; scale++) {
      if (scale > 0) [a, b] = [halved(a), halved(b)];
      const map = similarityMap(a, b, window);
      const part = scale === scales - 1 ? map.similarity : map.contrastStructure;
      product *= Math.max(0, average(part)) ** (SCALE_WEIGHTS[scale]! / total);
    }
    return product;
  });
  return { values, scales };
}

interface Plane {
  readonly data: Float64Array;
  readonly heightPx: number;
  readonly widthPx: number;
}

function planeOf({ data, shape: [, heightPx, widthPx] }: FilmStack, film: number): Plane {
  const pixels = heightPx * widthPx;
  return {
    data: Float64Array.from(data.subarray(film * pixels, (film + 1) * pixels)),
    heightPx,
    widthPx,
  };
}

function similarityMap(
  first: Plane,
  second: Plane,
  { window = "gaussian", windowSizePx = 11 }: SimilarityWindow,
): SimilarityMap {
  const isOdd = Number.isInteger(windowSizePx) && windowSizePx % 2 === 1;
  if (!isOdd || windowSizePx > Math.min(first.heightPx, first.widthPx)) {
    throw new MetricInputError(
      "structuralSimilarity",
      "windowSizePx",
      `is ${windowSizePx} on ${first.heightPx} x ${first.widthPx} pixels; give an odd number that fits.`,
    );
  }
  const weights = windowWeights(window, windowSizePx);
  const blur = (value: (at: number) => number) =>
    blurred({ ...first, data: first.data.map((_, at) => value(at)) }, weights);
  const [x, y] = [first.data, second.data];
  const meanX = blur((at) => x[at]!);
  const meanY = blur((at) => y[at]!);
  const squareX = blur((at) => x[at]! ** 2);
  const squareY = blur((at) => y[at]! ** 2);
  const products = blur((at) => x[at]! * y[at]!);
  const contrastStructure = meanX.data.map((mx, at) => {
    const my = meanY.data[at]!;
    const variances = squareX.data[at]! - mx * mx + squareY.data[at]! - my * my;
    return (2 * (products.data[at]! - mx * my) + C2) / (variances + C2);
  });
  const similarity = contrastStructure.map((value, at) => {
    const [mx, my] = [meanX.data[at]!, meanY.data[at]!];
    return (value * (2 * mx * my + C1)) / (mx * mx + my * my + C1);
  });
  return { heightPx: meanX.heightPx, widthPx: meanX.widthPx, similarity, contrastStructure };
}

function windowWeights(window: "gaussian" | "uniform", sizePx: number): number[] {
  const raw = Array.from({ length: sizePx }, (_, at) =>
    window === "uniform" ? 1 : Math.exp(-((at - (sizePx - 1) / 2) ** 2) / (2 * SIGMA_PX ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => weight / sum);
}

// Separable, only where the window fits: (H - n + 1) x (W - n + 1).
function blurred({ data, heightPx, widthPx }: Plane, weights: readonly number[]): Plane {
  const width = widthPx - weights.length + 1;
  const height = heightPx - weights.length + 1;
  const across = new Float64Array(heightPx * width);
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k]! * data[row * widthPx + column + k]!;
      }
      across[row * width + column] = sum;
    }
  }
  const both = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k]! * across[(row + k) * width + column]!;
      }
      both[row * width + column] = sum;
    }
  }
  return { data: both, heightPx: height, widthPx: width };
}

// Means of 2 x 2 pixels. An odd size is first padded by a line of zeros at both ends, as PyTorch's pooling does.
function halved({ data, heightPx, widthPx }: Plane): Plane {
  const [padY, padX] = [heightPx % 2, widthPx % 2];
  const height = Math.floor((heightPx + 2 * padY - 2) / 2) + 1;
  const width = Math.floor((widthPx + 2 * padX - 2) / 2) + 1;
  const at = (y: number, x: number) =>
    y < 0 || x < 0 || y >= heightPx || x >= widthPx ? 0 : data[y * widthPx + x]!;
  const half = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [y, x] = [2 * row - padY, 2 * column - padX];
      half[row * width + column] = (at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1)) / 4;
    }
  }
  return { data: half, heightPx: height, widthPx: width };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function requireAlike(metric: string, first: FilmStack, second: FilmStack): void {
  const [films, height, width] = first.shape;
  const isSound = (stack: FilmStack) =>
    stack.data.length === stack.shape[0] * stack.shape[1] * stack.shape[2];
  const isAlike = first.shape.every((length, axis) => length === second.shape[axis]);
  if (!isAlike || !isSound(first) || !isSound(second) || films * height * width === 0) {
    throw new MetricInputError(
      metric,
      "second",
      `has shape [${second.shape.join(", ")}] and ${second.data.length} numbers, first [${first.shape.join(", ")}] ` +
        `and ${first.data.length}; give equal shapes.`,
    );
  }
}
