import { foldIn, key, normal } from "../../engine/random.ts";
import { STANDARD_ACQUISITION, type PhantomAcquisition } from "./acquisition.ts";
import { layOutAnatomy } from "./anatomy.ts";
import { addBones } from "./bones.ts";
import { buildChest } from "./chest.ts";
import { makeGrid } from "./grid.ts";
import type { PhantomIdentity } from "./identity.ts";
import { addLesion, heartEnlargement } from "./lesions.ts";
import { NO_FINDING, type PhantomPathology } from "./pathology.ts";
import { addNormalVariants } from "./normal-variants.ts";
import { fractalNoise } from "./value-noise.ts";
import { drawVessels } from "./vessels.ts";

/** All that a phantom film depends on. */
export interface PhantomFilm {
  readonly identity: PhantomIdentity;
  readonly pathology?: PhantomPathology;
  readonly acquisition?: PhantomAcquisition;
}

const LUNG_AIR = 0.8;
const VESSEL_ABSORPTION = 6;
const TONE = 1.15;
const GRAIN = 0.0065;

/**
 * Renders a film, shape [H, W] row by row, 0 black to 1 white in steps of 1/255 (so that every machine
 * gives equal numbers). The patient's right is at image left. Rendering the same identity and
 * acquisition with another pathology gives the exact counterfactual.
 *
 * @param film `pathology` is No Finding and `acquisition` the standard one when omitted.
 *
 * @example
 * ```ts
 * import { NO_FINDING, openPhantom, renderPhantom } from "counterlab";
 *
 * const { test } = openPhantom({ imageSizePx: 32, testPerClass: 1 });
 * const index = test.films.findIndex(({ labels }) => labels[0] === "Effusion");
 * const truth = test.truth(index);
 * const healthy = renderPhantom({ ...truth, pathology: NO_FINDING }, { imageSizePx: 32 });
 * console.log(truth.pathology.type, healthy.length); // Effusion 1024
 * ```
 */
export function renderPhantom(
  { identity, pathology = NO_FINDING, acquisition = STANDARD_ACQUISITION }: PhantomFilm,
  { imageSizePx = 64 }: { readonly imageSizePx?: number } = {},
): Float32Array {
  const grid = makeGrid(imageSizePx, acquisition.rotationDegrees);
  const anatomy = layOutAnatomy(identity, heartEnlargement(pathology));
  const chest = buildChest(grid, anatomy);
  const vesselScale = new Float32Array(grid.x.length).fill(1);
  const prominence = addNormalVariants(chest, identity.textureSeed, vesselScale);
  addBones(chest);
  addLesion(chest, pathology, vesselScale);
  const vessels = drawVessels(grid, anatomy, identity.textureSeed);
  const lungTexture = fractalNoise(grid, identity.textureSeed, { cells: 5, octaves: 3 });
  const grain = normal(foldIn(key(acquisition.noiseSeed), "grain"), grid.x.length);
  const image = new Float32Array(grid.x.length);
  const { air, soft, dense } = chest;
  for (let i = 0; i < image.length; i++) {
    const clear = Math.max(0, 1 - LUNG_AIR * air[i]! * (1 + 0.16 * lungTexture[i]!));
    const absorption =
      soft[i]! * clear +
      dense[i]! +
      VESSEL_ABSORPTION * prominence * vessels[i]! * vesselScale[i]! * air[i]!;
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
 *
 * @example
 * ```ts
 * import { lesionMask, openPhantom } from "counterlab";
 *
 * const { test } = openPhantom({ imageSizePx: 32, testPerClass: 1 });
 * const nodule = test.films.findIndex(({ labels }) => labels[0] === "Nodule");
 * const healthy = test.films.findIndex(({ labels }) => labels[0] === "No Finding");
 * const sizeOf = (index: number): number =>
 *   lesionMask(test.truth(index), { imageSizePx: 32 }).reduce((sum, inside) => sum + inside, 0);
 * console.log(sizeOf(nodule) > 0, sizeOf(healthy)); // true 0
 * ```
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

// A lead letter beside the patient's left shoulder; it does not turn with the patient.
function addMarker(image: Float32Array, imageSizePx: number): void {
  const unit = imageSizePx / 64;
  const paint = (left: number, top: number, width: number, height: number) => {
    const [x, y, wide, high] = [left, top, width, height].map((side) => Math.floor(side * unit));
    // Small films show the marker too, one pixel wide.
    for (let row = y!; row < y! + Math.max(1, high!); row++) {
      for (let column = x!; column < x! + Math.max(1, wide!); column++) {
        image[row * imageSizePx + column] = 0.93;
      }
    }
  };
  paint(57, 3, 1, 5);
  paint(57, 7, 3, 1);
}
