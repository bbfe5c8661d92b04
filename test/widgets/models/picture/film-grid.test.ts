import assert from "node:assert/strict";
import sharp from "sharp";
import { filmGrid } from "#widgets/models/index.ts";

describe("a grid of films", () => {
  it("puts each film where its row and column say, words beside them", async () => {
    const white = new Float32Array(16).fill(1);
    const black = new Float32Array(16);
    const grid = filmGrid([white, black, black, white], {
      ...{ imageSizePx: 4, filmPx: 20, columnTitles: ["a", "b"], rowTitles: ["one", "two"] },
    });
    const { data, info } = await sharp(grid.png)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [grid.widthPx, grid.heightPx]);
    const middle = (row: number, column: number) => {
      const x = info.width - 12 - 20 * (2 - column) - 4 * (1 - column) + 10;
      const y = info.height - 12 - 20 * (2 - row) - 4 * (1 - row) + 10;
      return data[y * info.width + x];
    };
    assert.deepEqual([middle(0, 0), middle(0, 1), middle(1, 0), middle(1, 1)], [255, 0, 0, 255]);
    assert.equal(grid.alt, "4 films. Rows: one; two. Columns: a; b.");
    const bundle = (grid as never as Record<symbol, () => object>)[
      Symbol.for("Jupyter.display")
    ]!();
    assert.deepEqual(Object.keys(bundle), ["image/png", "text/plain"]);
  });

  it("says what is wrong with films of another size", () => {
    assert.throws(
      () => filmGrid(new Float32Array(17), { imageSizePx: 4 }),
      /17 pixels are not whole films of 4 x 4/,
    );
  });
});
