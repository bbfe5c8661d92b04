import type { Anatomy } from "./anatomy.ts";
import { clamp, coverage } from "./grid.ts";

/** How much of a pixel heart, great vessels and mediastinum cover, and their thickness, both 0 to 1. */
export interface HeartShadow {
  readonly covered: number;
  readonly thickness: number;
}

export interface HeartOutline {
  readonly topY: number;
  readonly stepY: number;
  /** Distance of the border from the midline at `topY + k · stepY`, towards the patient's left. */
  readonly left: Float32Array;
  readonly right: Float32Array;
}

// Borders from the top of the chest (0) to below the diaphragm (1.2), every tenth: a part of fixed
// width (neck vessels, aortic knob, pulmonary trunk) and a part that grows with the heart.
const LEFT_FIXED = [0.13, 0.12, 0.135, 0.185, 0.17, 0.145, 0.14, 0.11, 0.06, 0.01, 0, 0, 0];
const LEFT_HEART = [0, 0, 0, 0, 0.01, 0.05, 0.13, 0.27, 0.43, 0.57, 0.63, 0.6, 0.45];
const RIGHT_FIXED = [
  0.14, 0.125, 0.115, 0.11, 0.11, 0.115, 0.12, 0.09, 0.05, 0.03, 0.02, 0.02, 0.02,
];
const RIGHT_HEART = [0, 0, 0, 0, 0.01, 0.05, 0.11, 0.2, 0.27, 0.31, 0.31, 0.28, 0.25];

const SUBSTEPS = 8;

/** Outlines the heart for one patient; draw it with `heartShadow`. */
export function outlineHeart(anatomy: Anatomy): HeartOutline {
  const topY = anatomy.apexY + 0.04;
  const bottomY = 0.5 * (anatomy.left.domeY + anatomy.right.domeY) + 0.03;
  const border = (fixed: readonly number[], heart: readonly number[]) =>
    smooth(fixed.map((value, k) => value * anatomy.pedicle + heart[k]! * anatomy.heartWidth));
  return {
    topY,
    stepY: (bottomY - topY) / 10 / SUBSTEPS,
    left: border(LEFT_FIXED, LEFT_HEART),
    right: border(RIGHT_FIXED, RIGHT_HEART),
  };
}

/** @param x Distance from the midline, positive to the patient's left (image right). */
export function heartShadow(
  { topY, stepY, left, right }: HeartOutline,
  x: number,
  y: number,
  edgeWidth: number,
): HeartShadow {
  const position = clamp((y - topY) / stepY, 0, left.length - 1.001);
  const k = Math.floor(position);
  const part = position - k;
  const toLeft = left[k]! + (left[k + 1]! - left[k]!) * part;
  const toRight = right[k]! + (right[k + 1]! - right[k]!) * part;
  const depth = Math.min(toLeft - x, x + toRight) * 0.9;
  if (depth < -edgeWidth) return { covered: 0, thickness: 0 };
  const across = (2 * x - toLeft + toRight) / (toLeft + toRight);
  const round = Math.sqrt(Math.max(0, 1 - across * across));
  // Thin at the neck, thick at the ventricles.
  const size = clamp(0.3 + 0.7 * (position / (10 * SUBSTEPS)) ** 1.5, 0, 1);
  return { covered: coverage(depth, edgeWidth * 1.5), thickness: size * (0.35 + 0.65 * round) };
}

// Catmull-Rom between the points, `SUBSTEPS` values for each of them.
function smooth(points: readonly number[]): Float32Array {
  const out = new Float32Array((points.length - 1) * SUBSTEPS + 1);
  const at = (k: number) => points[clamp(k, 0, points.length - 1)]!;
  for (let i = 0; i < out.length; i++) {
    const k = Math.floor(i / SUBSTEPS);
    const t = i / SUBSTEPS - k;
    const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    out[i] = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
  return out;
}
