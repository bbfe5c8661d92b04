import { cageDepth, diaphragmY, layOutAnatomy, midlineX } from "./anatomy.ts";
import { STANDARD_ACQUISITION, type PhantomAcquisition } from "./acquisition.ts";
import { coverage, makeGrid } from "./grid.ts";
import type { PhantomIdentity } from "./identity.ts";

/** Areas of a patient's lungs as shares of the film, what lies behind the heart included. */
export interface LungAreas {
  readonly right: number;
  readonly left: number;
}

/** Measures both lung fields, within the ribs and above the diaphragm: anatomy alone decides them, no disease changes them. */
export function lungAreas(
  {
    identity,
    acquisition = STANDARD_ACQUISITION,
  }: { readonly identity: PhantomIdentity; readonly acquisition?: PhantomAcquisition },
  { imageSizePx = 64 }: { readonly imageSizePx?: number } = {},
): LungAreas {
  const { x, y, edgeWidth } = makeGrid(imageSizePx, acquisition.rotationDegrees);
  const anatomy = layOutAnatomy(identity);
  const areas = { right: 0, left: 0 };
  for (let i = 0; i < x.length; i++) {
    const across = x[i]! - midlineX(anatomy, y[i]!);
    const half = across < 0 ? anatomy.right : anatomy.left;
    const lateral = Math.abs(across);
    const inside = coverage(cageDepth(anatomy, half, lateral, y[i]!), edgeWidth);
    const above = coverage(diaphragmY(half, lateral) - y[i]!, edgeWidth);
    areas[across < 0 ? "right" : "left"] += (inside * above) / x.length;
  }
  return areas;
}
