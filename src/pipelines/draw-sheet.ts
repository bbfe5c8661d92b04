/** A colour picture, 8 bits a channel. */
export interface ColourPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, row by row. */
  readonly rgb: Uint8Array;
}

interface Grid {
  readonly imageSizePx: number;
  readonly identities: readonly { readonly image: Float32Array }[];
  readonly pathologies: readonly { readonly image: Float32Array }[];
  readonly counterfactuals: readonly (readonly Float32Array[])[];
}

const GAP_PX = 2;
const BACKGROUND = 24;
/** Change of intensity that takes the full colour. */
const DIFFERENCE_RANGE = 0.4;

/**
 * Draws a swap grid: pathology films along the top, identity films down the left, and at each crossing
 * the counterfactual, or its difference from the identity film (blue darker, white equal, red brighter).
 * Films are enlarged to at least 96 pixels.
 */
export function drawSheet(
  { imageSizePx, identities, pathologies, counterfactuals }: Grid,
  content: "counterfactual" | "difference",
): ColourPicture {
  const zoom = Math.max(1, Math.ceil(96 / imageSizePx));
  const cell = imageSizePx * zoom + GAP_PX;
  // The first row and column stand apart from the swaps.
  const place = (index: number) => GAP_PX + index * cell + (index > 0 ? 3 * GAP_PX : 0);
  const widthPx = place(pathologies.length + 1);
  const heightPx = place(identities.length + 1);
  const rgb = new Uint8Array(widthPx * heightPx * 3).fill(BACKGROUND);
  const paint = (
    row: number,
    column: number,
    colourOf: (pixel: number) => readonly [number, number, number],
  ) => {
    for (let y = 0; y < imageSizePx * zoom; y++) {
      for (let x = 0; x < imageSizePx * zoom; x++) {
        const pixel = Math.floor(y / zoom) * imageSizePx + Math.floor(x / zoom);
        rgb.set(colourOf(pixel), ((place(row) + y) * widthPx + place(column) + x) * 3);
      }
    }
  };
  pathologies.forEach(({ image }, column) => {
    paint(0, column + 1, paintFilm(image));
  });
  identities.forEach(({ image }, row) => {
    paint(row + 1, 0, paintFilm(image));
    counterfactuals[row]!.forEach((swapped, column) => {
      const colour =
        content === "counterfactual" ? paintFilm(swapped) : paintDifference(swapped, image);
      paint(row + 1, column + 1, colour);
    });
  });
  return { widthPx, heightPx, rgb };
}

/** Colours of a film's pixels: grey. */
export function paintFilm(
  image: Float32Array,
): (pixel: number) => readonly [number, number, number] {
  return (pixel) => {
    const level = Math.round(255 * image[pixel]!);
    return [level, level, level];
  };
}

/** Colours of one film's difference from another: blue darker, white equal, red brighter. */
export function paintDifference(
  image: Float32Array,
  from: Float32Array,
): (pixel: number) => readonly [number, number, number] {
  return (pixel) => differenceColour(image[pixel]! - from[pixel]!);
}

function differenceColour(difference: number): readonly [number, number, number] {
  const strength = Math.min(1, Math.abs(difference) / DIFFERENCE_RANGE);
  // From near white straight to the full colour, so that weak differences have a hue too.
  const towards = (full: number) => Math.round(245 + strength * (full - 245));
  return difference > 0
    ? [towards(178), towards(0), towards(0)]
    : [towards(0), towards(0), towards(172)];
}
