import assert from "node:assert/strict";
import { filmSheet } from "#src/pipelines/index.ts";

const shown = (sheet: object) =>
  (sheet as never as Record<symbol, () => Promise<Record<string, unknown>>>)[
    Symbol.for("Jupyter.display")
  ]!();

describe("filmSheet", () => {
  const films = new Float32Array(3 * 16 * 16).fill(1);

  it("shows films in rows as one PNG, with words for who cannot see it", async () => {
    const sheet = filmSheet(films, { imageSizePx: 16, columns: 2, caption: "white", zoom: 2 });
    // Two cells of 32 pixels and three gaps of 2, both ways.
    const { widthPx, heightPx, rgb } = sheet.draw();
    assert.deepEqual([widthPx, heightPx, rgb[(2 * 70 + 2) * 3]], [70, 70, 255]);
    const bundle = await shown(sheet);
    assert.equal(bundle["text/plain"], "3 films: white");
    const png = bundle["image/png"] as Uint8Array;
    assert.equal(Buffer.from(png.subarray(1, 4)).toString(), "PNG");
  });

  it("says what is wrong when the numbers are no whole films", () => {
    assert.throws(() => filmSheet(films, { imageSizePx: 20 }), /768 numbers are no whole films/);
  });
});
