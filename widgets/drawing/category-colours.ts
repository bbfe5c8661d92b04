import type { ColourMap } from "./colour-map.ts";

/**
 * Okabe and Ito's colours, which stay apart for readers with any common colour-vision deficiency
 * (https://jfly.uni-koeln.de/color/), without black, the lighter ones first: maps lie on black.
 */
const okabeIto = [
  0x56b4e9, 0xe69f00, 0x009e73, 0xf0e442, 0xcc79a7, 0xd55e00, 0x0072b2, 0xffffff,
] as const;

/** What has no colour of its own: neither of the first eight categories, or not known. */
export const otherColour: readonly [number, number, number] = [0x7d, 0x87, 0x93];

/** How many categories can be told apart. */
export const categoryColourCount: number = okabeIto.length;

/** The colour of the category at `place` of the legend, as red, green, blue bytes. */
export function categoryColour(place: number): readonly [number, number, number] {
  const colour = okabeIto[place];
  if (colour === undefined) return otherColour;
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** Dark blue over grey to yellow (cividis), interpolated between 9 of its colours; read alike by all. */
const cividis = [
  0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc3b369, 0xfee838,
] as const;

/**
 * Nuñez, Anderton and Renslow's cividis (doi:10.1371/journal.pone.0199239): lightness grows evenly
 * and its colours look alike to readers with and without colour-vision deficiency. The darkest fifth
 * is left out, because maps lie on black.
 */
export function sequentialMap(size = 256): ColourMap {
  const rgb = new Uint8Array(size * 3);
  for (let step = 0; step < size; step++) {
    const at = (0.2 + (0.8 * step) / Math.max(1, size - 1)) * (cividis.length - 1);
    const from = Math.min(cividis.length - 2, Math.floor(at));
    for (const [channel, shift] of [16, 8, 0].entries()) {
      const low = (cividis[from]! >> shift) & 255;
      const high = (cividis[from + 1]! >> shift) & 255;
      rgb[step * 3 + channel] = Math.round(low + (high - low) * (at - from));
    }
  }
  return { rgb, size };
}
