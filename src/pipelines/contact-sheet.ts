import { drawCells } from "./draw-cells.ts";
import { paintFilm, type ColourPicture } from "./draw-sheet.ts";

/**
 * Draws films side by side, row after row, enlarged to at least 96 pixels.
 *
 * @param images Films, shape [count, H, W].
 * @param options `columns`: 8 when omitted.
 */
export function drawContactSheet(
  images: Float32Array,
  { imageSizePx, columns = 8 }: { readonly imageSizePx: number; readonly columns?: number },
): ColourPicture {
  const pixels = imageSizePx ** 2;
  const films = Array.from({ length: images.length / pixels }, (_, film) =>
    paintFilm(images.subarray(film * pixels, (film + 1) * pixels)),
  );
  const rows = Array.from({ length: Math.max(1, Math.ceil(films.length / columns)) }, (_, row) =>
    films.slice(row * columns, (row + 1) * columns),
  );
  return drawCells(rows, { imageSizePx });
}
