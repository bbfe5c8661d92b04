import { unzlibSync } from "fflate";
import { bytesFromBase64 } from "../base64.ts";
import { glyphCharacters, glyphCoverage, glyphHeightPx, glyphWidths } from "./glyphs.ts";
import type { IndexedRaster } from "./indexed-raster.ts";

/** Height of a line of text in pixels. */
export const lineHeightPx: number = glyphHeightPx;

/** A small built-in font: the kernel has no canvas and must not depend on installed fonts. */
export interface PictureFont {
  widthPx(text: string): number;
  /** `text`, or its beginning and "…" when it is wider than `maxWidthPx`. */
  fit(text: string, maxWidthPx: number): string;
  /** Draws one line with its top left corner at (xPx, yPx); `colourOf` names a coverage of 0 to 1. */
  draw(
    raster: IndexedRaster,
    place: { readonly xPx: number; readonly yPx: number },
    text: string,
    colourOf: (coverage: number) => number,
  ): void;
}

interface Glyph {
  readonly widthPx: number;
  /** Place of the first pixel in the coverage table. */
  readonly start: number;
}

/** Unpacks the built-in font: ASCII, Latin-1 and a few signs; other letters become "?". */
export function pictureFont(): PictureFont {
  const packed = unzlibSync(bytesFromBase64(glyphCoverage));
  const glyphs = new Map<string, Glyph>();
  let start = 0;
  Array.from(glyphCharacters).forEach((character, index) => {
    const widthPx = Number.parseInt(glyphWidths[index]!, 36);
    glyphs.set(character, { widthPx, start });
    start += widthPx * glyphHeightPx;
  });
  const glyphOf = (character: string): Glyph => glyphs.get(character) ?? glyphs.get("?")!;
  const coverageAt = (place: number): number => {
    const byte = packed[place >> 1]!;
    return (place % 2 === 0 ? byte >> 4 : byte & 15) / 15;
  };
  const widthPx = (text: string): number =>
    Array.from(text).reduce((width, character) => width + glyphOf(character).widthPx, 0);

  return {
    widthPx,
    fit(text, maxWidthPx) {
      if (widthPx(text) <= maxWidthPx) return text;
      const characters = Array.from(text);
      while (characters.length > 0 && widthPx(`${characters.join("")}…`) > maxWidthPx) {
        characters.pop();
      }
      return `${characters.join("").trimEnd()}…`;
    },
    draw(raster, { xPx, yPx }, text, colourOf) {
      let left = xPx;
      for (const character of text) {
        const glyph = glyphOf(character);
        for (let y = 0; y < glyphHeightPx; y++) {
          for (let x = 0; x < glyph.widthPx; x++) {
            const coverage = coverageAt(glyph.start + y * glyph.widthPx + x);
            const isInside = left + x < raster.widthPx && yPx + y < raster.heightPx;
            if (coverage === 0 || !isInside) continue;
            raster.pixels[(yPx + y) * raster.widthPx + left + x] = colourOf(coverage);
          }
        }
        left += glyph.widthPx;
      }
    },
  };
}
