import { foldIn, key, uniform } from "../../engine/random.ts";
import type { Chest } from "./chest.ts";
import { coverage } from "./grid.ts";
import { fractalNoise } from "./value-noise.ts";

/**
 * Adds what healthy patients differ in and what is easily taken for disease: gas in stomach and colon
 * (free air), bullae and skin folds (pneumothorax), nipples and scars (nodules). All of it belongs to
 * the patient, so it stays when the pathology changes.
 *
 * @returns How prominent this patient's vessels are, 1 on average.
 */
export function addNormalVariants(
  chest: Chest,
  textureSeed: number,
  vesselScale: Float32Array,
): number {
  const stream = foldIn(key(textureSeed), "variants");
  addAbdominalGas(chest, textureSeed, uniform(foldIn(stream, "gas"), 24));
  addSparseLung(chest, uniform(foldIn(stream, "bullae"), 16), vesselScale);
  addSpots(chest, uniform(foldIn(stream, "spots"), 24));
  addHaze(chest, uniform(foldIn(stream, "haze"), 6));
  return Math.exp(0.6 * (2 * uniform(foldIn(stream, "vessels"), 1)[0]! - 1));
}

function addAbdominalGas(chest: Chest, textureSeed: number, random: Float32Array): void {
  const { anatomy, grid, air, dense, offset } = chest;
  const folds = fractalNoise(grid, textureSeed + 1, { cells: 14, octaves: 2 });
  for (let bubble = 0; bubble < 3; bubble++) {
    const [chance, side, across, down, wide, high] = random.subarray(bubble * 6, bubble * 6 + 6);
    // The stomach lies on the left; now and then the colon slips under the right dome.
    if (chance! > [0.85, 0.6, 0.45][bubble]!) continue;
    const half = side! < [0.1, 0.5, 0.6][bubble]! ? anatomy.right : anatomy.left;
    const width = 0.09 + 0.17 * wide!;
    const height = 0.025 + 0.06 * high!;
    const centreX = half.sign * (half.domeX - 0.14 + 0.26 * across!);
    const centreY = half.domeY + 0.04 + height + 0.16 * down! * down!;
    for (let i = 0; i < air.length; i++) {
      const dx = (offset[i]! - centreX) / width;
      const dy = (grid.y[i]! - centreY) / height;
      const r = dx * dx + dy * dy;
      if (r > 4) continue;
      const edge = coverage((1 - Math.sqrt(r) + 0.35 * folds[i]!) * height, 0.04);
      // Fluid below makes the bubble's floor flat.
      const gas = edge * coverage(0.6 - dy, 0.9) * coverage(-chest.aboveDiaphragm[i]! - 0.02, 0.02);
      air[i] = Math.max(air[i]!, 0.6 * gas);
      dense[i]! *= 1 - 0.7 * gas;
    }
  }
}

// Outer lung that is darker and poorer in vessels than the rest, with or without a skin fold's edge.
function addSparseLung(chest: Chest, random: Float32Array, vesselScale: Float32Array): void {
  const { anatomy, grid, air, dense, depth, offset, aboveDiaphragm } = chest;
  for (const [k, half] of [anatomy.right, anatomy.left].entries()) {
    const [chance, reach, tilt, strength, fold] = random.subarray(k * 8, k * 8 + 5);
    if (chance! > 0.55) continue;
    for (let i = 0; i < air.length; i++) {
      if (offset[i]! * half.sign <= 0 || depth[i]! < -0.05) continue;
      const down = (grid.y[i]! - anatomy.apexY) / (half.domeY - anatomy.apexY);
      const share = tilt! < 0.5 ? 1.2 - down : 0.3 + 0.8 * down;
      const beyond = (0.07 + 0.22 * reach!) * share - depth[i]!;
      const inLung = coverage(depth[i]!, 0.04) * coverage(aboveDiaphragm[i]!, 0.04);
      const medial = coverage(offset[i]! * half.sign - 0.16, 0.1);
      const sparse = coverage(beyond, 0.12) * inLung * medial * (0.35 + 0.65 * strength!);
      air[i]! += sparse * (1.05 - air[i]!) * 0.6;
      vesselScale[i]! *= 1 - 0.8 * sparse;
      if (fold! < 0.6) {
        dense[i]! += 0.07 * Math.exp(-((beyond / 0.025) ** 2)) * inLung * medial;
      }
    }
  }
}

// Some lungs hold less air near the hila or at the bases, after old disease or a shallow breath.
function addHaze(chest: Chest, random: Float32Array): void {
  const { anatomy, grid, air, offset } = chest;
  for (const [k, half] of [anatomy.right, anatomy.left].entries()) {
    const amount = 0.2 * Math.max(0, 1.6 * random[0]! - 0.6) * (0.5 + random[1 + k]!);
    if (amount === 0) continue;
    const centreX = half.sign * (0.3 + 0.2 * random[3]!) * half.width;
    const centreY = anatomy.apexY + (0.5 + 0.35 * random[4]!) * (half.domeY - anatomy.apexY);
    for (let i = 0; i < air.length; i++) {
      if (offset[i]! * half.sign <= 0) continue;
      const dx = (offset[i]! - centreX) / 0.36;
      const dy = (grid.y[i]! - centreY) / 0.34;
      air[i]! *= 1 - amount * Math.exp(-0.8 * (dx * dx + dy * dy));
    }
  }
}

// Nipples, vessels seen end-on and old scars: small round shadows anywhere in the lungs.
function addSpots(chest: Chest, random: Float32Array): void {
  const { anatomy, grid, dense, depth, offset, aboveDiaphragm } = chest;
  for (let spot = 0; spot < 3; spot++) {
    const [chance, side, across, down, size, strength] = random.subarray(spot * 6, spot * 6 + 6);
    if (chance! > 0.45) continue;
    const half = side! < 0.5 ? anatomy.right : anatomy.left;
    const centreX = half.sign * (0.2 + 0.65 * across!) * half.width;
    const centreY = anatomy.apexY + (0.18 + 0.72 * down!) * (half.domeY - anatomy.apexY);
    const radius = 0.028 + 0.027 * size!;
    for (let i = 0; i < dense.length; i++) {
      const dx = offset[i]! - centreX;
      const dy = grid.y[i]! - centreY;
      const r2 = (dx * dx + dy * dy) / (radius * radius);
      if (r2 > 4 || depth[i]! < 0 || aboveDiaphragm[i]! < 0) continue;
      dense[i]! += (0.1 + 0.22 * strength!) * coverage((1 - Math.sqrt(r2)) * radius, 0.05);
    }
  }
}
