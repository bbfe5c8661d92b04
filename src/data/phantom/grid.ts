/**
 * Pixel centres in the patient's coordinates: x from -1 (image left, the patient's right) to 1,
 * y from -1 (top) to 1, turned by the film's rotation.
 */
export interface Grid {
  readonly sizePx: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Width over which an edge is blurred: the focal spot, or a pixel where pixels are larger. */
  readonly edgeWidth: number;
}

const FOCAL_SPOT_WIDTH = 0.018;

export function makeGrid(sizePx: number, rotationDegrees: number): Grid {
  const x = new Float32Array(sizePx * sizePx);
  const y = new Float32Array(sizePx * sizePx);
  const angle = (rotationDegrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let row = 0; row < sizePx; row++) {
    const down = ((row + 0.5) / sizePx) * 2 - 1;
    for (let column = 0; column < sizePx; column++) {
      const across = ((column + 0.5) / sizePx) * 2 - 1;
      x[row * sizePx + column] = across * cos + down * sin;
      y[row * sizePx + column] = down * cos - across * sin;
    }
  }
  return { sizePx, x, y, edgeWidth: Math.max(FOCAL_SPOT_WIDTH, 2.4 / sizePx) };
}

/** 0 below -width/2, 1 above width/2, smooth between: how much of a blurred pixel lies inside an edge. */
export function coverage(distanceInside: number, width: number): number {
  const t = distanceInside / width + 0.5;
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
