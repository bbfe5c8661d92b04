import { drawCells, type CellsOptions } from "./draw-cells.ts";
import { paintFilm, type ColourPicture } from "./draw-sheet.ts";

/**
 * Draws films side by side, row after row.
 *
 * @param images Films, shape [count, H, W], 0 black to 1 white.
 * @param options `columns`: 8 when omitted; `zoom`: how many times they are enlarged, to at least 96 pixels when omitted.
 */
export function drawContactSheet(
  images: Float32Array,
  { columns = 8, ...cells }: CellsOptions & { readonly columns?: number },
): ColourPicture {
  const pixels = cells.imageSizePx ** 2;
  const films = Array.from({ length: images.length / pixels }, (_, film) =>
    paintFilm(images.subarray(film * pixels, (film + 1) * pixels)),
  );
  const rows = Array.from({ length: Math.max(1, Math.ceil(films.length / columns)) }, (_, row) =>
    films.slice(row * columns, (row + 1) * columns),
  );
  return drawCells(rows, cells);
}
