/** A picture whose pixels are places in a palette. */
export interface IndexedRaster {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Row by row. */
  readonly pixels: Uint8Array;
}

export interface Rectangle {
  readonly xPx: number;
  readonly yPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export function indexedRaster(widthPx: number, heightPx: number, fill: number): IndexedRaster {
  return { widthPx, heightPx, pixels: new Uint8Array(widthPx * heightPx).fill(fill) };
}

/** Fills a rectangle; what lies outside the raster is cut off. */
export function fillRectangle(raster: IndexedRaster, area: Rectangle, colour: number): void {
  const left = Math.max(0, area.xPx);
  const right = Math.min(raster.widthPx, area.xPx + area.widthPx);
  const bottom = Math.min(raster.heightPx, area.yPx + area.heightPx);
  for (let y = Math.max(0, area.yPx); y < bottom; y++) {
    if (right > left)
      raster.pixels.fill(colour, y * raster.widthPx + left, y * raster.widthPx + right);
  }
}

/** Draws the frame just outside a rectangle, `thicknessPx` wide. */
export function frameRectangle(
  raster: IndexedRaster,
  { xPx, yPx, widthPx, heightPx }: Rectangle,
  colour: number,
  thicknessPx: number,
): void {
  const wide = {
    xPx: xPx - thicknessPx,
    widthPx: widthPx + 2 * thicknessPx,
    heightPx: thicknessPx,
  };
  fillRectangle(raster, { ...wide, yPx: yPx - thicknessPx }, colour);
  fillRectangle(raster, { ...wide, yPx: yPx + heightPx }, colour);
  const tall = { yPx, widthPx: thicknessPx, heightPx };
  fillRectangle(raster, { ...tall, xPx: xPx - thicknessPx }, colour);
  fillRectangle(raster, { ...tall, xPx: xPx + widthPx }, colour);
}

/**
 * Draws a square film into a square of side `shownSizePx`: values are interpolated between the four
 * nearest pixels (over the covered ones when made smaller), then named by `colourOf`.
 */
export function drawFilm(
  raster: IndexedRaster,
  { xPx, yPx }: { readonly xPx: number; readonly yPx: number },
  values: ArrayLike<number>,
  sizePx: number,
  shownSizePx: number,
  colourOf: (value: number) => number,
): void {
  const resampled = resampleSquare(values, sizePx, shownSizePx);
  for (let y = 0; y < shownSizePx; y++) {
    for (let x = 0; x < shownSizePx; x++) {
      raster.pixels[(yPx + y) * raster.widthPx + xPx + x] = colourOf(
        resampled[y * shownSizePx + x]!,
      );
    }
  }
}

/** A square film at another size: a triangle filter, as wide as the coarser of the two pixels. */
export function resampleSquare(
  values: ArrayLike<number>,
  sizePx: number,
  targetSizePx: number,
): Float32Array {
  if (sizePx === targetSizePx) return Float32Array.from(values);
  const rows = new Float32Array(targetSizePx * sizePx);
  const weights = resamplingWeights(sizePx, targetSizePx);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < targetSizePx; x++) {
      let sum = 0;
      for (const [from, weight] of weights[x]!) sum += values[y * sizePx + from]! * weight;
      rows[y * targetSizePx + x] = sum;
    }
  }
  const result = new Float32Array(targetSizePx * targetSizePx);
  for (let y = 0; y < targetSizePx; y++) {
    for (let x = 0; x < targetSizePx; x++) {
      let sum = 0;
      for (const [from, weight] of weights[y]!) sum += rows[from * targetSizePx + x]! * weight;
      result[y * targetSizePx + x] = sum;
    }
  }
  return result;
}

type Weights = readonly (readonly [from: number, weight: number])[];

/** A triangle filter as wide as one source pixel (enlarging) or one target pixel (reducing). */
function resamplingWeights(sizePx: number, targetSizePx: number): readonly Weights[] {
  const scale = sizePx / targetSizePx;
  const radius = Math.max(1, scale);
  return Array.from({ length: targetSizePx }, (_, target) => {
    const center = (target + 0.5) * scale - 0.5;
    const weights = new Map<number, number>();
    let total = 0;
    for (let from = Math.ceil(center - radius); from <= center + radius; from++) {
      const weight = 1 - Math.abs(from - center) / radius;
      if (weight <= 0) continue;
      const inside = Math.min(sizePx - 1, Math.max(0, from));
      weights.set(inside, (weights.get(inside) ?? 0) + weight);
      total += weight;
    }
    return [...weights].map(([from, weight]) => [from, weight / total] as const);
  });
}
