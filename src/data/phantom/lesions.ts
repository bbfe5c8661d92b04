import { foldIn, key, uniform } from "../../engine/random.ts";
import type { HalfChest } from "./anatomy.ts";
import type { Chest } from "./chest.ts";
import { clamp, coverage } from "./grid.ts";
import { imageSides, type PhantomPathology, type Zone } from "./pathology.ts";
import { fractalNoise } from "./value-noise.ts";

/** What a pathology does to the vessels: multiplies their shadow, per pixel. */
export type VesselScale = Float32Array;

const ZONE_HEIGHT: Readonly<Record<Zone, number>> = {
  upper: 0.27,
  mid: 0.52,
  lower: 0.8,
  none: 0.5,
};

/** Heart enlargement (added cardiothoracic ratio) that a pathology brings: 0 but for cardiomegaly. */
export function heartEnlargement({ type, severity }: PhantomPathology): number {
  return type === "Cardiomegaly" ? 0.045 + 0.13 * severity : 0;
}

/** Changes the chest's air and density to what the pathology makes of them. */
export function addLesion(chest: Chest, pathology: PhantomPathology, vessels: VesselScale): void {
  for (const sign of imageSides(pathology.side)) {
    const half = sign < 0 ? chest.anatomy.right : chest.anatomy.left;
    const stream = foldIn(foldIn(key(pathology.lesionSeed), "lesion"), sign + 1);
    const random = uniform(stream, 8, { min: -1, max: 1 });
    const lesion: Lesion = { chest, half, pathology, vessels, random, textureKey: sign + 1 };
    switch (pathology.type) {
      case "Effusion":
        addEffusion(lesion);
        break;
      case "Consolidation":
        addConsolidation(lesion);
        break;
      case "Edema":
        addEdema(lesion);
        break;
      case "Nodule":
        addNodule(lesion);
        break;
      case "Pneumothorax":
        addPneumothorax(lesion);
        break;
      case "Pneumoperitoneum":
        addPneumoperitoneum(lesion);
        break;
      case "No Finding":
      case "Cardiomegaly":
        break;
    }
  }
}

interface Lesion {
  readonly chest: Chest;
  readonly half: HalfChest;
  readonly pathology: PhantomPathology;
  readonly vessels: VesselScale;
  readonly random: Float32Array;
  readonly textureKey: number;
}

// Calls `visit` for the pixels of one half of the chest.
function eachPixel(
  { chest, half }: Lesion,
  visit: (i: number, lateral: number, y: number) => void,
): void {
  const { offset, grid } = chest;
  for (let i = 0; i < offset.length; i++) {
    const lateral = offset[i]! * half.sign;
    if (lateral > 0) visit(i, lateral, grid.y[i]!);
  }
}

// Fluid gathers at the costophrenic angle and climbs higher at the side (the meniscus).
function addEffusion(lesion: Lesion): void {
  const { chest, half, pathology, random } = lesion;
  const level = half.domeY - 0.01 - 0.5 * pathology.severity + 0.03 * random[0]!;
  eachPixel(lesion, (i, lateral, y) => {
    const t = clamp(lateral / half.width, 0, 1);
    const surface = level + (0.2 - 0.05 * pathology.severity) * (1 - t * t);
    const covered = coverage(y - surface, 0.07) * coverage(chest.depth[i]! + 0.01, 0.04);
    if (covered === 0) return;
    chest.air[i]! *= 1 - 0.94 * covered;
    const lung = coverage(chest.aboveDiaphragm[i]!, 0.06);
    chest.dense[i]! += covered * lung * (0.16 + 0.3 * clamp((y - surface) / 0.3, 0, 1));
    lesion.vessels[i]! *= 1 - covered;
  });
}

function addConsolidation(lesion: Lesion): void {
  const { chest, half, pathology, random } = lesion;
  const { severity } = pathology;
  const place = placeInZone(lesion, 0.1, 0.05);
  const wide = 0.13 + 0.15 * severity;
  const high = wide * (0.85 + 0.2 * random[2]!);
  const texture = fractalNoise(chest.grid, pathology.lesionSeed + lesion.textureKey, {
    cells: 9,
    octaves: 3,
  });
  eachPixel(lesion, (i, lateral, y) => {
    const dx = (lateral - place.lateral) / wide;
    const dy = (y - place.y) / high;
    const distance2 = dx * dx + dy * dy;
    if (distance2 > 4) return;
    const patch = coverage(1 - Math.sqrt(distance2) + 0.75 * texture[i]!, 0.75);
    const inLung = coverage(chest.depth[i]!, 0.05) * (lateral < half.width ? 1 : 0);
    const covered = patch * inLung;
    chest.air[i]! *= 1 - (0.42 + 0.43 * severity) * covered;
    lesion.vessels[i]! *= 1 - 0.7 * covered;
  });
}

// Fluid in the interstitium: haze that spreads from the hila or the bases, swollen vessels, fine nets.
function addEdema(lesion: Lesion): void {
  const { chest, half, pathology, random } = lesion;
  const { severity } = pathology;
  const place = placeInZone(lesion, 0, 0.1);
  const centre = (pathology.zone === "mid" ? 0.32 : 0.44) * half.width + 0.09 * random[0]!;
  // The two lungs are seldom equally wet.
  const amount = (0.13 + 0.22 * severity) * (1 + 0.45 * random[4]!);
  const texture = fractalNoise(chest.grid, pathology.lesionSeed + lesion.textureKey, {
    cells: 16,
    octaves: 3,
    gain: 0.8,
  });
  const wide = (0.26 + 0.14 * severity) * (1 + 0.3 * random[3]!);
  const high = (0.28 + 0.12 * severity) * (1 + 0.3 * random[2]!);
  eachPixel(lesion, (i, lateral, y) => {
    const dx = (lateral - centre) / wide;
    const dy = (y - place.y) / high;
    const wing = Math.exp(-0.8 * (dx * dx + dy * dy));
    const net = 1 + 1.1 * texture[i]!;
    chest.air[i]! *= 1 - clamp(amount * wing * net, 0, 0.9);
    lesion.vessels[i]! *= 1 + (0.15 + 0.35 * severity) * wing;
  });
}

// A ball, more or less oval; some are hollow, some have a smaller companion.
function addNodule(lesion: Lesion): void {
  const { pathology, random } = lesion;
  const place = placeInZone(lesion, 0.22, 0.06);
  const radius = 0.08 + 0.075 * pathology.severity;
  const isHollow = random[2]! > 0.5;
  addBall(lesion, { ...place, radius, isHollow });
  if (random[3]! < 0.5) return;
  const angle = Math.PI * random[4]!;
  addBall(lesion, {
    lateral: place.lateral + 1.7 * radius * Math.cos(angle),
    y: place.y + 1.7 * radius * Math.sin(angle),
    radius: 0.6 * radius,
    isHollow: false,
  });
}

interface Ball {
  readonly lateral: number;
  readonly y: number;
  readonly radius: number;
  readonly isHollow: boolean;
}

function addBall(lesion: Lesion, { lateral, y, radius, isHollow }: Ball): void {
  const { chest, pathology, random } = lesion;
  const stretch = 1 + 0.25 * random[5]!;
  const dense = (0.42 + 0.18 * pathology.severity) * (1 + 0.15 * random[6]!);
  const blur = Math.max(0.035, chest.grid.edgeWidth);
  eachPixel(lesion, (i, pixelLateral, pixelY) => {
    const dx = (pixelLateral - lateral) * stretch;
    const dy = (pixelY - y) / stretch;
    const r = Math.sqrt(dx * dx + dy * dy);
    if (r > radius * 2) return;
    const thickness = Math.sqrt(Math.max(0, 1 - (r / (radius * 1.15)) ** 2));
    const hollow = isHollow ? 0.75 * coverage(0.55 * radius - r, blur) : 0;
    chest.dense[i]! += coverage(radius - r, blur) * (0.3 + 0.7 * thickness) * dense * (1 - hollow);
  });
}

// Air between lung and chest wall: black, without vessels, up to a thin bright pleural line.
function addPneumothorax(lesion: Lesion): void {
  const { chest, half, pathology, random } = lesion;
  const { severity } = pathology;
  const { apexY } = chest.anatomy;
  const gap = (0.09 + 0.22 * severity) * (1 + 0.2 * random[0]!);
  const tilt = 0.4 * random[1]!;
  const collapse = 0.1 * severity * (1 + 0.5 * random[2]!);
  eachPixel(lesion, (i, lateral, y) => {
    const down = clamp((y - apexY) / (half.domeY - apexY), 0, 1);
    // Air rises to the apex when the patient stands, and lies at the base when supine.
    const share =
      pathology.zone === "upper" ? 1.15 - (0.95 + tilt) * down : 0.15 + (1.05 + tilt) * down;
    const beyond = gap * share - chest.depth[i]!;
    const medial = coverage(lateral - 0.12 - 0.1 * severity, 0.1);
    const inCage =
      coverage(chest.depth[i]!, 0.03) * coverage(chest.aboveDiaphragm[i]!, 0.03) * medial;
    const freeAir = coverage(beyond, 0.03) * inCage;
    const line = Math.exp(-((beyond / 0.016) ** 2)) * inCage;
    const collapsed = (1 - freeAir) * inCage;
    chest.air[i]! += freeAir * (1.1 - chest.air[i]!) * 0.48 - chest.air[i]! * collapsed * collapse;
    chest.dense[i]! += (0.045 + 0.025 * random[3]!) * line;
    lesion.vessels[i]! *= 1 - freeAir;
  });
}

// Free air under the diaphragm: a dark crescent between the dome and the organs that fell away.
function addPneumoperitoneum(lesion: Lesion): void {
  const { chest, half, pathology, random } = lesion;
  const thick = (0.045 + 0.075 * pathology.severity) * (1 + 0.2 * random[1]!);
  const reach = (0.22 + 0.08 * pathology.severity) * (1 + 0.3 * random[2]!);
  const centre = half.domeX + 0.12 * random[0]!;
  eachPixel(lesion, (i, lateral) => {
    const t = (lateral - centre) / reach;
    const below = -chest.aboveDiaphragm[i]! - 0.022;
    const bottom = thick * (1 - t * t);
    if (bottom <= 0) return;
    const air = coverage(below, 0.025) * coverage(bottom - below, 0.03);
    chest.air[i] = Math.max(chest.air[i]!, 0.53 * air);
    chest.dense[i]! *= 1 - 0.6 * air;
  });
}

function placeInZone(
  { chest, half, pathology, random }: Lesion,
  spreadLateral: number,
  spreadY: number,
): { readonly lateral: number; readonly y: number } {
  const { apexY } = chest.anatomy;
  const y = apexY + ZONE_HEIGHT[pathology.zone] * (half.domeY - apexY) + spreadY * random[1]!;
  // Lower lungs hide behind the heart on the left: stay lateral there.
  const lateral = (pathology.zone === "lower" && half.sign > 0 ? 0.66 : 0.55) * half.width;
  const room = pathology.zone === "lower" ? 0.6 : pathology.zone === "upper" ? 0.55 : 1;
  return { lateral: lateral + spreadLateral * room * random[0]!, y };
}
