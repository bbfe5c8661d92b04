import { encodePng } from "../io/index.ts";
import { drawContactSheet } from "./contact-sheet.ts";
import { displayMethod, type Displayable } from "./display-method.ts";
import type { ColourPicture } from "./draw-sheet.ts";

/** Films side by side; a notebook shows them as a picture. */
export interface FilmSheet extends Displayable {
  draw(): ColourPicture;
}

/**
 * Lays films out side by side, row after row.
 *
 * @param films Shape [count, H, W], 0 black to 1 white.
 * @param options `columns`: all in one row, 8 at most, when omitted; `caption`: what they are, for those who cannot see the
 *   picture; `zoom`: how many times they are enlarged, to at least 96 pixels when omitted.
 * @throws RangeError when the numbers are not whole films of that size.
 */
export function filmSheet(
  films: Float32Array,
  {
    imageSizePx,
    columns = Math.min(8, Math.max(1, films.length / imageSizePx ** 2)),
    caption = "",
    zoom,
  }: {
    readonly imageSizePx: number;
    readonly columns?: number;
    readonly caption?: string;
    readonly zoom?: number;
  },
): FilmSheet {
  const count = films.length / imageSizePx ** 2;
  if (!Number.isInteger(count)) {
    throw new RangeError(
      `filmSheet: ${films.length} numbers are no whole films of ${imageSizePx} x ${imageSizePx} pixels; give that size as imageSizePx.`,
    );
  }
  const draw = () =>
    drawContactSheet(films, { imageSizePx, columns, ...(zoom === undefined ? {} : { zoom }) });
  return {
    draw,
    [displayMethod]: async () => ({
      "image/png": await encodePng(draw()),
      "text/plain": `${count} film${count === 1 ? "" : "s"}${caption === "" ? "" : `: ${caption}`}`,
    }),
  };
}
