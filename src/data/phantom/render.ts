import { foldIn, key, normal, uniform } from "../../engine/random.ts";
import { STANDARD_ACQUISITION, type PhantomAcquisition } from "./acquisition.ts";
import { layOutAnatomy } from "./anatomy.ts";
import { addBones } from "./bones.ts";
import { buildChest, type Chest } from "./chest.ts";
import { coverage, makeGrid } from "./grid.ts";
import type { PhantomIdentity } from "./identity.ts";
import { addLesion, heartEnlargement } from "./lesions.ts";
import { NO_FINDING, type PhantomPathology } from "./pathology.ts";
import { fractalNoise } from "./value-noise.ts";
import { drawVessels } from "./vessels.ts";

/** All that a phantom film depends on. */
export interface PhantomFilm {
  readonly identity: PhantomIdentity;
  readonly pathology?: PhantomPathology;
  readonly acquisition?: PhantomAcquisition;
}

const LUNG_AIR = 0.8;
const VESSEL_ABSORPTION = 7;
const TONE = 1.15;
const GRAIN = 0.008;

/**
 * Renders a film, shape [H, W] row by row, 0 black to 1 white in steps of 1/255 (so that every machine
 * gives equal numbers). The patient's right is at image left. Rendering the same identity and
 * acquisition with another pathology gives the exact counterfactual.
 *
 * @param film `pathology` is No Finding and `acquisition` the standard one when omitted.
 */
export function renderPhantom(
  { identity, pathology = NO_FINDING, acquisition = STANDARD_ACQUISITION }: PhantomFilm,
  { imageSizePx = 64 }: { readonly imageSizePx?: number } = {},
): Float32Array {
  const grid = makeGrid(imageSizePx, acquisition.rotationDegrees);
  const anatomy = layOutAnatomy(identity, heartEnlargement(pathology));
  const chest = buildChest(grid, anatomy);
  addStomachGas(chest, identity.textureSeed);
  addBones(chest);
  const vesselScale = new Float32Array(grid.x.length).fill(1);
  addLesion(chest, pathology, vesselScale);
  const vessels = drawVessels(grid, anatomy, identity.textureSeed);
  const lungTexture = fractalNoise(grid, identity.textureSeed, { cells: 8, octaves: 3 });
  const grain = normal(foldIn(key(acquisition.noiseSeed), "grain"), grid.x.length);
  const image = new Float32Array(grid.x.length);
  const { air, soft, dense } = chest;
  for (let i = 0; i < image.length; i++) {
    const clear = Math.max(0, 1 - LUNG_AIR * air[i]! * (1 + 0.1 * lungTexture[i]!));
    const absorption =
      soft[i]! * clear + dense[i]! + VESSEL_ABSORPTION * vessels[i]! * vesselScale[i]! * air[i]!;
    const exposed = 1 - Math.exp(-TONE * acquisition.exposureGain * absorption);
    image[i] = 0.02 + 0.95 * exposed + GRAIN * grain[i]!;
  }
  if (acquisition.marker) addMarker(image, imageSizePx);
  for (let i = 0; i < image.length; i++) {
    image[i] = Math.round(255 * Math.min(1, Math.max(0, image[i]!))) / 255;
  }
  return image;
}

/**
 * Marks every pixel that the pathology changes by more than `threshold`: 1 there, 0 elsewhere,
 * shape [H, W]. Exact, because the same film is rendered with and without the pathology.
 *
 * @param threshold Least change that counts, of white = 1; 4/255 when omitted.
 */
export function lesionMask(
  film: PhantomFilm,
  {
    imageSizePx = 64,
    threshold = 4 / 255,
  }: { readonly imageSizePx?: number; readonly threshold?: number } = {},
): Uint8Array {
  const ill = renderPhantom(film, { imageSizePx });
  const well = renderPhantom({ ...film, pathology: NO_FINDING }, { imageSizePx });
  return Uint8Array.from(ill, (value, i) =>
    Math.abs(value - well[i]!) > threshold - 1e-6 ? 1 : 0,
  );
}

// Swallowed air under the left dome: part of the patient, and easily taken for free air.
function addStomachGas(chest: Chest, textureSeed: number): void {
  const random = uniform(foldIn(key(textureSeed), "stomach"), 5);
  const strength = Math.max(0, random[0]! * 1.5 - 0.5);
  if (strength === 0) return;
  const { anatomy, grid, air, dense, offset } = chest;
  const wide = 0.1 + 0.1 * random[1]!;
  const high = 0.05 + 0.06 * random[2]!;
  const centreX = anatomy.left.domeX - 0.12 + 0.2 * random[3]!;
  const centreY = anatomy.left.domeY + 0.08 + high + 0.08 * random[4]!;
  const folds = fractalNoise(grid, textureSeed + 1, { cells: 14, octaves: 2 });
  for (let i = 0; i < air.length; i++) {
    const dx = (offset[i]! - centreX) / wide;
    const dy = (grid.y[i]! - centreY) / high;
    const r = dx * dx + dy * dy;
    if (r > 4) continue;
    // Fluid below makes the bubble's floor flat.
    const edge = coverage((1 - Math.sqrt(r) + 0.5 * folds[i]!) * high, 0.05);
    const gas = strength * edge * coverage(0.5 - dy, 0.9);
    air[i] = Math.max(air[i]!, 0.5 * gas);
    dense[i]! *= 1 - 0.6 * gas;
  }
}

// A lead letter beside the patient's left shoulder; it does not turn with the patient.
function addMarker(image: Float32Array, imageSizePx: number): void {
  const unit = imageSizePx / 64;
  const paint = (left: number, top: number, width: number, height: number) => {
    for (let row = Math.round(top * unit); row < Math.round((top + height) * unit); row++) {
      for (
        let column = Math.round(left * unit);
        column < Math.round((left + width) * unit);
        column++
      ) {
        image[row * imageSizePx + column] = 0.93;
      }
    }
  };
  paint(57, 3, 1, 5);
  paint(57, 7, 3, 1);
}
