/** Red, green and blue of each step, three bytes a step, from the map's low end to its high end. */
export interface ColourMap {
  readonly rgb: Uint8Array;
  readonly size: number;
}

/** Black to white. */
export function greyMap(size = 256): ColourMap {
  requireSize("greyMap", size, 2);
  const rgb = new Uint8Array(size * 3);
  for (let step = 0; step < size; step++) {
    rgb.fill(Math.round((step / (size - 1)) * 255), step * 3, step * 3 + 3);
  }
  return { rgb, size };
}

/**
 * Blue over near-black to orange, for signed differences: the middle step is zero and neutral, equal
 * amounts of either sign are equally light (OKLab), and blue against orange stays apart for readers
 * with any common colour-vision deficiency. `size` is odd, so that zero has a step of its own.
 */
export function differenceMap(size = 255): ColourMap {
  requireSize("differenceMap", size, 3);
  if (size % 2 === 0) {
    throw new RangeError(
      `differenceMap: size ${size} is even and has no middle; give ${size + 1}.`,
    );
  }
  const half = (size - 1) / 2;
  const rgb = new Uint8Array(size * 3);
  for (let step = 0; step < size; step++) {
    const signed = (step - half) / half;
    rgb.set(differenceColour(signed), step * 3);
  }
  return { rgb, size };
}

/** The step of a map of `size` steps that shows `difference` when the map spans −range to +range. */
export function differenceStep(difference: number, range: number, size: number): number {
  const half = (size - 1) / 2;
  const signed = Math.min(1, Math.max(-1, difference / range));
  return Math.round(signed * half) + half;
}

// Lightness grows with the amount alike on both sides; hue and chroma tell the sign.
const hueByAmount = { negative: 4.45, positive: 0.98 };

function differenceColour(signed: number): readonly [number, number, number] {
  const amount = Math.abs(signed);
  const lightness = 0.19 + 0.65 * amount ** 0.8;
  // Chroma rises quickly and eases off near the light end, where sRGB has less room.
  const chroma = 0.15 * Math.sin(Math.PI * Math.min(1, amount ** 0.7) * 0.74);
  const hue = signed < 0 ? hueByAmount.negative : hueByAmount.positive;
  return rgbFromOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue));
}

/** Björn Ottosson's OKLab to sRGB bytes (https://bottosson.github.io/posts/oklab/), clipped to gamut. */
function rgbFromOklab(lightness: number, a: number, b: number): readonly [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    byteFromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byteFromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byteFromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function byteFromLinear(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function requireSize(name: string, size: number, smallest: number): void {
  if (!Number.isInteger(size) || size < smallest) {
    throw new RangeError(`${name}: size ${size} is not a whole number of at least ${smallest}.`);
  }
}
