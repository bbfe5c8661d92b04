import { zlibSync } from "fflate";
import { jupyterDisplayKey } from "../display-host.ts";
import { WidgetInputError } from "../errors.ts";
import { drawFilm, indexedRaster } from "./indexed-raster.ts";
import { picturePalette } from "./picture-palette.ts";
import type { Picture } from "./picture.ts";
import { encodePng } from "./png.ts";
import { lineHeightPx, pictureFont } from "./text.ts";

export interface FilmGridOptions {
  readonly imageSizePx: number;
  /** Films in a row; as many as `columnTitles`, else 8, when omitted. */
  readonly columns?: number;
  /** Words left of the rows, and above the columns; those too long are cut. */
  readonly rowTitles?: readonly string[];
  readonly columnTitles?: readonly string[];
  readonly title?: string;
  /** Side of a film on the picture; 72 when omitted. */
  readonly filmPx?: number;
}

/** A picture that a notebook shows. */
export type FilmGrid = Picture & { readonly [jupyterDisplayKey]: () => Record<string, unknown> };

const marginPx = 12;
const gapPx = 4;
const mostTitlePx = 200;
const background = 16;

/**
 * Draws films side by side, row after row, with words beside them.
 *
 * @param images Films, shape [count, H, W], 0 black to 1 white; or a list of such.
 */
export function filmGrid(
  images: Float32Array | readonly Float32Array[],
  {
    imageSizePx,
    columnTitles = [],
    rowTitles = [],
    columns = columnTitles.length > 0 ? columnTitles.length : 8,
    title = "",
    filmPx = 72,
  }: FilmGridOptions,
): FilmGrid {
  const pixels = imageSizePx ** 2;
  const films = (images instanceof Float32Array ? [images] : images).flatMap((stack) => {
    if (stack.length % pixels !== 0) {
      throw new WidgetInputError(
        `filmGrid: ${stack.length} pixels are not whole films of ${imageSizePx} x ${imageSizePx}; give the imageSizePx of the films.`,
      );
    }
    return Array.from({ length: stack.length / pixels }, (_, film) =>
      stack.subarray(film * pixels, (film + 1) * pixels),
    );
  });
  if (films.length === 0 || columns < 1) {
    throw new WidgetInputError("filmGrid: there is no film to draw; give one or more.");
  }
  const font = pictureFont();
  // Few greys make a small file, and notebooks hold many of these.
  const palette = picturePalette(64);
  const rows = Math.ceil(films.length / columns);
  const titleWidthPx = Math.min(
    mostTitlePx,
    Math.max(0, ...rowTitles.slice(0, rows).map((words) => font.widthPx(words))),
  );
  const left = marginPx + (titleWidthPx > 0 ? titleWidthPx + 10 : 0);
  const filmsTop =
    marginPx +
    (title === "" ? 0 : lineHeightPx + 8) +
    (columnTitles.length === 0 ? 0 : lineHeightPx + 4);
  const step = filmPx + gapPx;
  const widthPx = Math.max(
    left + Math.min(columns, films.length) * step - gapPx + marginPx,
    title === "" ? 0 : 2 * marginPx + font.widthPx(title),
  );
  const heightPx = filmsTop + rows * step - gapPx + marginPx;
  const raster = indexedRaster(widthPx, heightPx, palette.grey(background));
  const write = (xPx: number, yPx: number, words: string) => {
    font.draw(raster, { xPx, yPx }, words, (coverage) =>
      palette.grey(background + (230 - background) * coverage),
    );
  };
  if (title !== "") write(marginPx, marginPx, title);
  columnTitles.slice(0, columns).forEach((words, column) => {
    const fitted = font.fit(words, filmPx);
    const centre = left + column * step + (filmPx - font.widthPx(fitted)) / 2;
    write(Math.round(centre), filmsTop - lineHeightPx - 4, fitted);
  });
  rowTitles.slice(0, rows).forEach((words, row) => {
    const yPx = filmsTop + row * step + Math.round((filmPx - lineHeightPx) / 2);
    write(marginPx, yPx, font.fit(words, titleWidthPx));
  });
  films.forEach((film, at) => {
    const place = {
      xPx: left + (at % columns) * step,
      yPx: filmsTop + Math.floor(at / columns) * step,
    };
    drawFilm(raster, place, film, imageSizePx, filmPx, (value) =>
      palette.grey(Math.round(255 * Math.min(1, Math.max(0, value)))),
    );
  });
  const alt = [
    title === "" ? `${films.length} films.` : `${title.replace(/\.$/, "")}.`,
    ...(rowTitles.length > 0 ? [`Rows: ${rowTitles.slice(0, rows).join("; ")}.`] : []),
    ...(columnTitles.length > 0 ? [`Columns: ${columnTitles.slice(0, columns).join("; ")}.`] : []),
  ].join(" ");
  const png = encodePng(
    { ...raster, channels: 1 },
    { deflate: zlibSync, palette: palette.rgb, text: { Description: alt } },
  );
  return {
    ...{ png, alt, widthPx, heightPx },
    [jupyterDisplayKey]: () => ({ "image/png": png, "text/plain": alt }),
  };
}
