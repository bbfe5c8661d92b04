import type { ColourPicture } from "./draw-sheet.ts";

/** Red, green and blue of a film's pixel, by its number row by row. */
export type CellPainter = (pixel: number) => readonly [number, number, number];

const GAP_PX = 2;
const BACKGROUND = 24;

export interface CellsOptions {
  readonly imageSizePx: number;
  /** How many times they are enlarged, to at least 96 pixels when omitted. */
  readonly zoom?: number;
}

/** Draws rows of square pictures side by side. */
export function drawCells(
  rows: readonly (readonly CellPainter[])[],
  { imageSizePx, zoom = Math.max(1, Math.ceil(96 / imageSizePx)) }: CellsOptions,
): ColourPicture {
  const columns = Math.max(1, ...rows.map(({ length }) => length));
  const cell = imageSizePx * zoom + GAP_PX;
  const widthPx = GAP_PX + columns * cell;
  const heightPx = GAP_PX + rows.length * cell;
  const rgb = new Uint8Array(widthPx * heightPx * 3).fill(BACKGROUND);
  rows.forEach((painters, row) => {
    painters.forEach((colourOf, column) => {
      const [left, top] = [GAP_PX + column * cell, GAP_PX + row * cell];
      for (let y = 0; y < imageSizePx * zoom; y++) {
        for (let x = 0; x < imageSizePx * zoom; x++) {
          const pixel = Math.floor(y / zoom) * imageSizePx + Math.floor(x / zoom);
          rgb.set(colourOf(pixel), ((top + y) * widthPx + left + x) * 3);
        }
      }
    });
  });
  return { widthPx, heightPx, rgb };
}
