import { differenceMap, differenceStep, greyMap } from "../../drawing/colour-map.ts";

/** The colours of a picture: one grey ramp, the difference map, an accent and a warning. */
export interface PicturePalette {
  /** Red, green, blue of each colour, as PNG wants them. */
  readonly rgb: Uint8Array;
  readonly accent: number;
  readonly warning: number;
  /** The place of a grey, 0 black to 255 white. */
  grey(byte: number): number;
  /** The place of a signed difference on a map that spans −range to +range. */
  difference(difference: number, range: number): number;
}

const differenceSteps = 91;

/** Makes a palette of `greyLevels` greys; fewer make a smaller file of a noisy film. */
export function picturePalette(greyLevels = 160): PicturePalette {
  const greys = greyMap(greyLevels);
  const differences = differenceMap(differenceSteps);
  const rgb = new Uint8Array((greyLevels + differenceSteps + 2) * 3);
  rgb.set(greys.rgb);
  rgb.set(differences.rgb, greyLevels * 3);
  const accent = greyLevels + differenceSteps;
  const warning = accent + 1;
  rgb.set([0x4f, 0xd1, 0xc5], accent * 3);
  rgb.set([0xff, 0x8a, 0x80], warning * 3);
  return {
    rgb,
    accent,
    warning,
    grey: (byte) => Math.round((byte / 255) * (greyLevels - 1)),
    difference: (difference, range) =>
      greyLevels + differenceStep(difference, range, differenceSteps),
  };
}
