import { cageDepth, diaphragmY, midlineX, type Anatomy } from "./anatomy.ts";
import { clamp, coverage, type Grid } from "./grid.ts";
import { heartShadow, outlineHeart } from "./heart.ts";

/**
 * A chest on its way to a film, one value a pixel. The beam's absorption is
 * soft · (1 − LUNG_AIR · air) + dense: air in the lung takes absorption away, everything else adds.
 */
export interface Chest {
  readonly grid: Grid;
  readonly anatomy: Anatomy;
  /** Distance from the midline, to the image's right. */
  readonly offset: Float32Array;
  /** Depth inside the rib cage of the pixel's own half; negative outside. */
  readonly depth: Float32Array;
  /** Height above the diaphragm; negative below it. */
  readonly aboveDiaphragm: Float32Array;
  /** Absorption of the soft tissue that surrounds the lungs. */
  readonly soft: Float32Array;
  /** Air in the beam's way, 0 to about 1. */
  readonly air: Float32Array;
  /** Absorption of bone, heart, abdomen and lesions. */
  readonly dense: Float32Array;
}

/** Lays soft tissue, air, heart and abdomen; bones, vessels and lesions come after. */
export function buildChest(grid: Grid, anatomy: Anatomy): Chest {
  const count = grid.x.length;
  const chest: Chest = {
    grid,
    anatomy,
    offset: new Float32Array(count),
    depth: new Float32Array(count),
    aboveDiaphragm: new Float32Array(count),
    soft: new Float32Array(count),
    air: new Float32Array(count),
    dense: new Float32Array(count),
  };
  const skinThickness = 0.13 + 0.4 * anatomy.softTissue;
  const heartOutline = outlineHeart(anatomy);
  for (let i = 0; i < count; i++) {
    const y = grid.y[i]!;
    const x = grid.x[i]! - midlineX(anatomy, y);
    const half = x < 0 ? anatomy.right : anatomy.left;
    const lateral = Math.abs(x);
    const depth = cageDepth(anatomy, half, lateral, y);
    const above = diaphragmY(half, lateral) - y;
    const skin = skinDepth(anatomy, half.width, lateral, y);
    const heart = heartShadow(heartOutline, x, y, grid.edgeWidth);
    const lung = coverage(depth, grid.edgeWidth * 1.4) * coverage(above, grid.edgeWidth);
    const inside = clamp(depth, 0, 1);
    // Lungs are thickest in the middle of each half; some lung always lies behind heart and dome.
    const thickness =
      (0.48 + 0.52 * (1 - Math.exp(-inside / 0.13))) * (1.04 - 0.2 * clamp(y + 0.35, 0, 1));
    const behindDome = above < 0 ? 0.16 * coverage(depth, 0.03) * Math.exp(above / 0.07) : 0;
    chest.offset[i] = x;
    chest.depth[i] = depth;
    chest.aboveDiaphragm[i] = above;
    chest.air[i] = Math.max(lung * thickness * (1 - 0.86 * heart.covered), behindDome);
    chest.soft[i] =
      (0.86 + 1.6 * anatomy.softTissue) * (1 - Math.exp(-Math.max(skin, 0) / skinThickness));
    const abdomen = coverage(-above, grid.edgeWidth * 1.2) * coverage(skin - 0.03, 0.12);
    const belly = 0.24 + 0.55 * (1 - Math.exp(Math.min(above, 0) / 0.28));
    // The chest wall is seen edge-on beside the lung.
    const wall = Math.exp(-Math.abs(depth + 0.045) / 0.05) * coverage(skin, 0.1);
    const breast = breastShadow(anatomy, half.width, lateral, y);
    const hilum = hilumShadow(anatomy, x, y);
    const chin = coverage(-0.93 - y, 0.1) * coverage(0.26 - lateral, 0.2);
    chest.dense[i] =
      heart.covered * (0.04 + 0.36 * heart.thickness) * (1 - 0.5 * abdomen) +
      abdomen * belly +
      wall * 0.16 +
      breast * coverage(skin, 0.1) +
      hilum * (1 - heart.covered) +
      chin * 0.25;
  }
  return chest;
}

// Soft tissue in front of the lower lungs, more of it in heavier patients.
function breastShadow(anatomy: Anatomy, width: number, lateral: number, y: number): number {
  const dx = (lateral - 0.62 * width) / 0.34;
  const dy = (y - 0.34) / 0.24;
  const r2 = dx * dx + dy * dy;
  return r2 > 1 ? 0 : 1.3 * Math.max(0, anatomy.softTissue - 0.07) * (1 - r2);
}

// The knot of vessels where each lung hangs; the patient's right one lies a little lower.
function hilumShadow(anatomy: Anatomy, x: number, y: number): number {
  const half = x < 0 ? anatomy.right : anatomy.left;
  const dx = (Math.abs(x) - 0.18) / 0.085;
  const dy = (y - anatomy.apexY - (x < 0 ? 0.57 : 0.53) * (half.domeY - anatomy.apexY)) / 0.15;
  return 0.26 * Math.exp(-dx * dx - dy * dy);
}

// Roughly how far a point lies under the skin: torso sides, arms above the armpits, shoulders, neck.
function skinDepth(anatomy: Anatomy, width: number, lateral: number, y: number): number {
  const torso = width + anatomy.softTissue + 0.05 * (y - 0.1);
  // The arm leaves the torso at the armpit.
  const arm = 0.5 * coverage(-0.2 - y, 0.6);
  const side = torso + arm - lateral;
  const neck = 0.2 + 0.3 * anatomy.softTissue;
  const beyondNeck = lateral - neck;
  const slope = anatomy.shoulderSlope;
  // Shoulders fall away from the neck, first steeply (trapezius), then gently.
  const shoulderY =
    beyondNeck < 0
      ? -1.1 + 4 * beyondNeck
      : -1.1 + slope * (0.75 * (1 - Math.exp(-beyondNeck / 0.22)) + 0.45 * beyondNeck);
  const down = (y - shoulderY) * 0.9;
  return Math.min(side, down);
}
