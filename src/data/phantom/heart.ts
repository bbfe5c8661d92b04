import { clamp, coverage } from "./grid.ts";
import type { Anatomy } from "./anatomy.ts";

/** How much of a pixel the heart and great vessels cover, and how thick they are there, both 0 to 1. */
export interface HeartShadow {
  readonly covered: number;
  readonly thickness: number;
}

/**
 * Silhouette of ventricles, right atrium, aortic knob and mediastinum at one point.
 *
 * @param x Distance from the midline, positive to the patient's left (image right).
 */
export function heartShadow(
  anatomy: Anatomy,
  x: number,
  y: number,
  edgeWidth: number,
): HeartShadow {
  const { heartWidth } = anatomy;
  const bottom = 0.5 * (anatomy.left.domeY + anatomy.right.domeY);
  const scale = heartWidth / 0.66;
  const tall = 0.72 + 0.28 * scale;
  // Left ventricle: an ellipse whose long axis points down to the patient's left.
  const ventricles = ellipseDepth(
    x - 0.165 * scale,
    y - (bottom - 0.16 * tall),
    { long: 0.335 * scale, short: 0.235 * tall },
    0.5,
  );
  const atrium = ellipseDepth(
    x + 0.035 * scale,
    y - (bottom - 0.17 * tall),
    { long: 0.2 * scale, short: 0.25 * tall },
    0,
  );
  const trunk = ellipseDepth(x - 0.09, y - (bottom - 0.46), { long: 0.12, short: 0.2 }, 0);
  const knob = ellipseDepth(x - 0.095, y + 0.27, { long: 0.095, short: 0.105 }, 0);
  // The mediastinum widens to the neck and to the diaphragm.
  const narrow = y + 0.3;
  const mediastinum = 0.115 + 0.05 * narrow * narrow - Math.abs(x - 0.012);
  const depth = Math.max(ventricles, atrium, trunk, knob, mediastinum);
  const heart = Math.max(ventricles, atrium, 0);
  const vessels = Math.max(trunk, knob, mediastinum, 0);
  return {
    covered: coverage(depth, edgeWidth * 1.3),
    thickness: clamp(Math.sqrt(heart * 3.2) * 0.8 + Math.sqrt(vessels) * 0.9, 0, 1),
  };
}

function ellipseDepth(
  dx: number,
  dy: number,
  { long, short }: { long: number; short: number },
  angle: number,
): number {
  const cos = angle === 0 ? 1 : 0.87758;
  const sin = angle === 0 ? 0 : 0.47943;
  const u = (dx * cos + dy * sin) / long;
  const v = (dy * cos - dx * sin) / short;
  return (1 - Math.sqrt(u * u + v * v)) * short;
}
