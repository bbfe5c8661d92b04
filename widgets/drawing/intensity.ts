/** Quantises intensities to bytes: 0 black to 1 white becomes 0 to 255; outside is clamped. */
export function bytesFromIntensities(intensities: ArrayLike<number>): Uint8Array {
  // Uint8ClampedArray rounds half to even and clamps, NaN becomes 0.
  const clamped = Uint8ClampedArray.from(intensities, (intensity) => intensity * 255);
  return new Uint8Array(clamped.buffer);
}

/** How far two films are apart, in intensity (0 to 1), both clamped to what can be shown. */
export interface FilmDistance {
  /** Mean of |a − b| over all pixels. */
  readonly meanAbsolute: number;
  /** Largest |a − b| of any pixel. */
  readonly largest: number;
}

export function filmDistance(a: ArrayLike<number>, b: ArrayLike<number>): FilmDistance {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(
      `filmDistance: films of ${a.length} and ${b.length} pixels; give two equal, non-empty ones.`,
    );
  }
  let sum = 0;
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const distance = Math.abs(clampUnit(a[index]!) - clampUnit(b[index]!));
    sum += distance;
    if (distance > largest) largest = distance;
  }
  return { meanAbsolute: sum / a.length, largest };
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
