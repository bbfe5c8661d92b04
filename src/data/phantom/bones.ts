import type { Chest } from "./chest.ts";
import { coverage } from "./grid.ts";

/** Adds spine, trachea, ribs, clavicles and shoulder blades to the chest's dense parts. */
export function addBones(chest: Chest): void {
  const { grid, offset, depth, dense, aboveDiaphragm } = chest;
  const { edgeWidth } = grid;
  for (let i = 0; i < dense.length; i++) {
    const x = offset[i]!;
    const y = grid.y[i]!;
    const lateral = Math.abs(x);
    let bone = 0;
    if (lateral < 0.2) bone += spine(x, y, edgeWidth);
    if (depth[i]! > -0.1) {
      const belowLung = aboveDiaphragm[i]! < 0 ? 0.6 : 1;
      bone += belowLung * coverage(depth[i]! + 0.045, 0.05) * ribs(chest, x, y);
    }
    bone += shoulder(
      chest,
      x < 0 ? chest.anatomy.right.width : chest.anatomy.left.width,
      lateral,
      y,
    );
    dense[i]! += bone;
  }
}

function spine(x: number, y: number, edgeWidth: number): number {
  const vertebra = coverage(0.082 - Math.abs(x), edgeWidth * 2);
  const discs = 0.82 + 0.18 * Math.cos((2 * Math.PI * y) / 0.135);
  const throat = coverage(-0.3 - y, 0.12) * coverage(0.045 - Math.abs(x + 0.008), edgeWidth * 2);
  return vertebra * 0.3 * discs - 0.3 * throat;
}

function ribs(chest: Chest, x: number, y: number): number {
  const { anatomy, grid } = chest;
  const half = x < 0 ? anatomy.right : anatomy.left;
  const t = Math.abs(x) / half.width;
  const start = anatomy.apexY - 0.02 + anatomy.ribPhase * anatomy.ribSpacing;
  // Behind, ribs leave the spine almost level and fall towards the side.
  const behind = (y - start + 0.3 * t - 0.58 * t * t) / anatomy.ribSpacing;
  // In front they come back from the side, down towards the breastbone, and end in cartilage.
  const inFront = (y - start - 0.28 - 0.5 * (1 - t)) / anatomy.ribSpacing;
  const relativeEdge = (grid.edgeWidth * 1.6 + 0.02) / anatomy.ribSpacing;
  return (
    0.14 * ribProfile(behind, 0.23, relativeEdge) * coverage(t - 0.12, 0.1) +
    0.04 * ribProfile(inFront, 0.25, relativeEdge) * coverage(t - 0.36, 0.3)
  );
}

// Brightness across a rib whose centres lie at whole numbers 0 .. 10; edges of hard bone are brighter.
function ribProfile(position: number, halfWidth: number, edge: number): number {
  if (position < -0.5 || position > 10.5) return 0;
  const across = Math.abs(position - Math.round(position));
  const body = coverage(halfWidth - across, edge);
  return body * (0.75 + 0.9 * across);
}

function shoulder(chest: Chest, width: number, lateral: number, y: number): number {
  if (y > 0.13) return 0;
  const { anatomy, grid } = chest;
  const reach = lateral / 0.8;
  const clavicleY =
    anatomy.apexY + 0.25 - anatomy.clavicleRise * reach - 0.05 * Math.sin(Math.PI * 1.6 * reach);
  const clavicle =
    coverage(0.03 - Math.abs(y - clavicleY), grid.edgeWidth * 1.4) *
    coverage(lateral - 0.09, 0.06) *
    coverage(0.92 - lateral, 0.06);
  // The shoulder blade: a faint sheet whose inner border crosses the outer upper lung.
  const inner = width * 0.93 + 0.1 * (y + 0.3);
  const blade = coverage(lateral - inner, 0.05) * coverage(y + 0.66, 0.1) * coverage(0.02 - y, 0.2);
  const dx = lateral - 1.0;
  const dy = y + 0.58;
  const head = coverage(0.12 - Math.sqrt(dx * dx + dy * dy), 0.05);
  return 0.2 * clavicle + 0.07 * blade + 0.14 * head;
}
