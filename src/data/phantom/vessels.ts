import { foldIn, key, uniform } from "../../engine/random.ts";
import { midlineX, type Anatomy, type HalfChest } from "./anatomy.ts";
import type { Grid } from "./grid.ts";

const DEPTH = 5;

/**
 * Draws the lungs' vessels: from each hilum three stems that fork five times, thinner with every fork.
 * Returns their thickness per pixel, to be weighed with the air around them.
 */
export function drawVessels(grid: Grid, anatomy: Anatomy, textureSeed: number): Float32Array {
  const out = new Float32Array(grid.x.length);
  for (const half of [anatomy.right, anatomy.left]) {
    const stream = foldIn(foldIn(key(textureSeed), "vessels"), half.sign + 1);
    drawTree(out, grid, anatomy, half, uniform(stream, 1024, { min: -1, max: 1 }));
  }
  return out;
}

function drawTree(
  out: Float32Array,
  grid: Grid,
  anatomy: Anatomy,
  half: HalfChest,
  random: Float32Array,
): void {
  let drawn = 0;
  const next = () => random[drawn++ % random.length]!;
  const height = half.domeY - anatomy.apexY;
  const hilumY = anatomy.apexY + (half.sign < 0 ? 0.56 : 0.52) * height;
  const grow = (
    lateral: number,
    y: number,
    angle: number,
    length: number,
    width: number,
    depth: number,
  ): void => {
    const lateralEnd = lateral + Math.cos(angle) * length;
    const yEnd = y + Math.sin(angle) * length;
    addSegment(out, grid, {
      x0: midlineX(anatomy, y) + half.sign * lateral,
      y0: y,
      x1: midlineX(anatomy, yEnd) + half.sign * lateralEnd,
      y1: yEnd,
      width,
    });
    if (depth === 0) return;
    const spread = 0.36 + 0.16 * next();
    const tilt = 0.16 * next();
    const shrink = 0.8 + 0.1 * next();
    grow(lateralEnd, yEnd, angle + spread + tilt, length * shrink, width * 0.7, depth - 1);
    grow(lateralEnd, yEnd, angle - spread + tilt, length * shrink, width * 0.7, depth - 1);
  };
  // Angles: 0 points to the side, positive down.
  for (const [angle, length, width] of [
    [-1.15, 0.17, 0.026],
    [-0.35, 0.15, 0.026],
    [0.45, 0.17, 0.032],
    [1.1, 0.17, 0.034],
  ] as const) {
    grow(
      0.15 + 0.02 * next(),
      hilumY + 0.05 * next() + 0.03 * angle,
      angle + 0.15 * next(),
      length * (half.width / 0.74),
      width,
      DEPTH - 1,
    );
  }
}

function addSegment(
  out: Float32Array,
  grid: Grid,
  { x0, y0, x1, y1, width }: { x0: number; y0: number; x1: number; y1: number; width: number },
): void {
  const { sizePx } = grid;
  // A vessel thinner than a pixel keeps its shadow's mass: wider and fainter.
  const radius = Math.max(width, 1.1 / sizePx);
  const strength = (width * width) / radius;
  // Grid rows and columns are turned by up to a few degrees: search a margin around the segment.
  const margin = radius * 2 + 0.09;
  const columnOf = (x: number) => ((x + 1) / 2) * sizePx - 0.5;
  const first = Math.max(0, Math.floor(columnOf(Math.min(x0, x1) - margin)));
  const last = Math.min(sizePx - 1, Math.ceil(columnOf(Math.max(x0, x1) + margin)));
  const top = Math.max(0, Math.floor(columnOf(Math.min(y0, y1) - margin)));
  const bottom = Math.min(sizePx - 1, Math.ceil(columnOf(Math.max(y0, y1) + margin)));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const invLength2 = 1 / (dx * dx + dy * dy);
  const reach2 = 4 * radius * radius;
  const invReach2 = 1 / reach2;
  for (let row = top; row <= bottom; row++) {
    for (let i = row * sizePx + first; i <= row * sizePx + last; i++) {
      const px = grid.x[i]! - x0;
      const py = grid.y[i]! - y0;
      let along = (px * dx + py * dy) * invLength2;
      along = along < 0 ? 0 : along > 1 ? 1 : along;
      const ex = px - along * dx;
      const ey = py - along * dy;
      const distance2 = ex * ex + ey * ey;
      if (distance2 < reach2) {
        const fall = 1 - distance2 * invReach2;
        // Where vessels cross their shadows add up, but a tree's own joints must not: take the larger.
        const shadow = strength * fall * fall * fall;
        out[i]! += shadow * 0.35;
        if (shadow > out[i]!) out[i] = shadow;
      }
    }
  }
}
