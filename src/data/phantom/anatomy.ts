import { clamp } from "./grid.ts";
import type { PhantomIdentity } from "./identity.ts";

/** One half of the chest; `sign` is -1 for the patient's right (image left), 1 for the left. */
export interface HalfChest {
  readonly sign: -1 | 1;
  /** Half-width of the rib cage at its widest. */
  readonly width: number;
  /** Height of the diaphragm dome. */
  readonly domeY: number;
  /** Distance of the dome's top from the midline. */
  readonly domeX: number;
}

/** Where everything lies, in film coordinates, for one patient with one heart size. */
export interface Anatomy {
  readonly right: HalfChest;
  readonly left: HalfChest;
  readonly apexY: number;
  readonly widestY: number;
  readonly softTissue: number;
  readonly shoulderSlope: number;
  readonly spineBend: number;
  readonly clavicleRise: number;
  readonly ribSpacing: number;
  readonly ribPhase: number;
  readonly heartWidth: number;
  /** Width of the great vessels above the heart, 1 on average: disease of the heart leaves it alone. */
  readonly pedicle: number;
}

/**
 * Places the anatomy that an identity describes.
 *
 * @param heartEnlargement Added to the cardiothoracic ratio, which is 0.375 to 0.515 without disease.
 */
export function layOutAnatomy(identity: PhantomIdentity, heartEnlargement = 0): Anatomy {
  const width = 0.74 * (1 + 0.11 * identity.thoraxWidth);
  const domeY = 0.46 + 0.05 * identity.thoraxHeight;
  const ratio = 0.445 + 0.07 * identity.cardiothoracicRatio + heartEnlargement;
  return {
    right: {
      sign: -1,
      width: width * (1 + 0.08 * identity.lungAsymmetry),
      domeY: domeY - 0.03 - 0.09 * identity.diaphragmRight,
      domeX: 0.42 * width,
    },
    left: {
      sign: 1,
      width: width * (1 - 0.08 * identity.lungAsymmetry),
      domeY: domeY + 0.03 - 0.09 * identity.diaphragmLeft,
      domeX: 0.5 * width,
    },
    apexY: -0.77 - 0.08 * identity.thoraxHeight,
    widestY: 0.38,
    softTissue: 0.13 + 0.08 * identity.softTissueThickness,
    shoulderSlope: 0.34 + 0.18 * identity.shoulderSlope,
    spineBend: 0.065 * identity.spineCurve,
    clavicleRise: 0.16 + 0.1 * identity.clavicleAngle,
    ribSpacing: 0.15 * (1 + 0.16 * identity.ribSpacing),
    ribPhase: 0.4 * identity.ribPhase,
    heartWidth: ratio * 2 * width,
    pedicle: 1 + 0.22 * identity.cardiothoracicRatio,
  };
}

/** The midline bends sideways with the spine. */
export function midlineX(anatomy: Anatomy, y: number): number {
  const t = clamp(y, -1, 1);
  return anatomy.spineBend * (1 - 1.6 * t * t);
}

/**
 * Depth inside the rib cage above the diaphragm's level, about 0 at the pleura, negative outside.
 *
 * @param lateral Distance from the midline towards this half's side.
 */
export function cageDepth(anatomy: Anatomy, half: HalfChest, lateral: number, y: number): number {
  const centre = 0.42 * half.width;
  const u = lateral - centre;
  const deepest = (half.width - centre) * 1.15;
  const up = anatomy.widestY - y;
  const ny = up > 0 ? up / (anatomy.widestY - anatomy.apexY) : 0;
  const ny2 = ny * ny;
  const taper = up < 0 ? 1 - 0.12 * up * up : 1;
  if (u > 0) {
    const nx = u / ((half.width - centre) * taper);
    return (1 - Math.sqrt(nx * nx + ny2 * (0.55 + 0.45 * ny2))) * deepest;
  }
  const nx = -u / (centre - 0.01);
  const nx2 = nx * nx;
  return (1 - Math.sqrt(nx2 * nx2 + ny2 * (0.55 + 0.45 * ny2))) * deepest;
}

/** Height of the diaphragm: a dome that falls to the costophrenic angle at the side. */
export function diaphragmY(half: HalfChest, lateral: number): number {
  // Beyond the costophrenic angle the abdomen reaches the skin at one level.
  const t = (Math.min(lateral, 0.97 * half.width) - half.domeX) / half.width;
  // Steeper towards the side than towards the heart.
  return half.domeY + (t > 0 ? 0.3 * t * t + 1.1 * t * t * t * t : 0.2 * t * t);
}
