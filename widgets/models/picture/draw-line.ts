import { fillRectangle, type IndexedRaster } from "./indexed-raster.ts";

/** A line two pixels wide; points that are no numbers are left out. */
export function drawLine(
  raster: IndexedRaster,
  points: readonly { readonly xPx: number; readonly yPx: number }[],
  colour: number,
): void {
  const whole = points.filter(({ yPx }) => Number.isFinite(yPx));
  for (const [index, { xPx, yPx }] of whole.entries()) {
    const from = whole[Math.max(0, index - 1)]!;
    const length = Math.max(1, xPx - from.xPx, Math.abs(yPx - from.yPx));
    for (let at = 0; at <= length; at++) {
      const x = Math.round(from.xPx + ((xPx - from.xPx) * at) / length);
      const y = Math.round(from.yPx + ((yPx - from.yPx) * at) / length);
      fillRectangle(raster, { xPx: x, yPx: y, widthPx: 2, heightPx: 2 }, colour);
    }
  }
}
