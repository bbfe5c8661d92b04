import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import {
  drawFilm,
  fillRectangle,
  frameRectangle,
  indexedRaster,
  resampleSquare,
} from "#widgets/models/picture/indexed-raster.ts";
import { picturePalette } from "#widgets/models/picture/picture-palette.ts";
import { encodePng } from "#widgets/models/picture/png.ts";
import { lineHeightPx, pictureFont } from "#widgets/models/picture/text.ts";

describe("pictures that widgets leave behind", () => {
  it("are PNG files that another decoder reads pixel for pixel", async () => {
    const palette = picturePalette();
    const raster = indexedRaster(5, 3, palette.grey(0));
    fillRectangle(raster, { xPx: 1, yPx: 1, widthPx: 2, heightPx: 9 }, palette.grey(255));
    frameRectangle(raster, { xPx: 4, yPx: 1, widthPx: 1, heightPx: 1 }, palette.accent, 1);
    const png = encodePng(
      { ...raster, channels: 1 },
      { deflate: deflateSync, palette: palette.rgb, text: { Description: "grid → words" } },
    );
    const { data, info } = await sharp(png)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [5, 3]);
    const expected = [...raster.pixels].flatMap((colour) => [
      ...palette.rgb.subarray(colour * 3, colour * 3 + 3),
    ]);
    assert.deepEqual([...data], expected);
    assert.ok(Buffer.from(png).includes("Description\0grid ? words"));
  });

  it("have at most 256 colours, with black, white and a neutral zero among them", () => {
    const palette = picturePalette();
    assert.ok(palette.rgb.length / 3 <= 256);
    const colour = (place: number): number[] => [...palette.rgb.subarray(place * 3, place * 3 + 3)];
    assert.deepEqual(
      [colour(palette.grey(0)), colour(palette.grey(255))],
      [
        [0, 0, 0],
        [255, 255, 255],
      ],
    );
    assert.deepEqual(new Set(colour(palette.difference(0, 0.5))).size, 1);
  });

  it("enlarge linearly: a ramp stays a ramp, a flat film stays flat, no pixel is shifted", () => {
    const ramp = Float32Array.from({ length: 16 }, (_, index) => index % 4);
    const double = resampleSquare(ramp, 4, 8).subarray(0, 8);
    // Pixel centres at (x + 0.5) / 2 - 0.5, clamped to the outermost source pixels.
    assert.deepEqual([...double], [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
    const flat = resampleSquare(new Float32Array(25).fill(0.3), 5, 13);
    assert.ok(flat.every((value) => Math.abs(value - 0.3) < 1e-6));
  });

  it("keep the mean when they reduce a film", () => {
    const film = Float32Array.from({ length: 64 * 64 }, (_, index) => ((index * 7919) % 256) / 255);
    const mean = (values: Float32Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(resampleSquare(film, 64, 16)) - mean(film)) < 0.01);
  });

  it("draw films inside their square alone", () => {
    const raster = indexedRaster(4, 4, 9);
    drawFilm(raster, { xPx: 1, yPx: 1 }, [1, 2, 3, 4], 2, 2, (value) => value);
    assert.deepEqual([...raster.pixels], [9, 9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9, 9, 9, 9]);
  });

  it("write text, shorten what is too long, and know no letter they cannot draw", () => {
    const font = pictureFont();
    assert.equal(font.fit("Consolidation", 300), "Consolidation");
    const short = font.fit("Consolidation, left lower zone", 64);
    assert.match(short, /^Consoli\w*…$/);
    assert.ok(font.widthPx(short) <= 64);
    const raster = indexedRaster(font.widthPx("Ié学"), lineHeightPx, 0);
    font.draw(raster, { xPx: 0, yPx: 0 }, "Ié学", (coverage) => Math.round(coverage * 15));
    assert.ok(
      raster.pixels.some((value) => value === 15),
      "full coverage somewhere",
    );
    assert.equal(font.widthPx("学"), font.widthPx("?"));
  });
});
