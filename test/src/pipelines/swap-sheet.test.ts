import assert from "node:assert/strict";
import sharp from "sharp";
import { createPhantomDataset } from "#src/data/index.ts";
import {
  chooseSwapFilms,
  readSwapFilms,
  swapSheet,
  type AutoencoderModel,
  type SwapSheet,
} from "#src/pipelines/index.ts";

const SIZE = 16;
const PIXELS = SIZE * SIZE;

/** A stand-in whose counterfactual is the pathology's number added to the film: shows what went where. */
const addingModel = {
  settings: { imageSizePx: SIZE, pathologyWidth: 1 },
  encode: async (images: Float32Array) => ({
    count: images.length / PIXELS,
    pathology: Float32Array.from({ length: images.length / PIXELS }, (_, film) => film / 10),
  }),
  counterfactual: async (images: Float32Array, pathology: Float32Array) => ({
    counterfactual: images.map((value, at) => value + pathology[Math.floor(at / PIXELS)]!),
  }),
} as unknown as AutoencoderModel;

describe("a swap sheet", () => {
  const dataset = createPhantomDataset({
    counts: { "No Finding": 12, Effusion: 6, Edema: 2 },
    stream: "sheet",
    imageSizePx: SIZE,
  });

  const sheetOf = async (rows: number): Promise<SwapSheet> => {
    const chosen = chooseSwapFilms(dataset, { rows });
    const identities = await readSwapFilms(dataset, chosen.identities);
    const pathologies = await readSwapFilms(dataset, chosen.pathologies);
    let last: SwapSheet | undefined;
    let seen = 0;
    for await (const { row, sheet } of swapSheet(addingModel, { identities, pathologies })) {
      assert.equal(row, ++seen);
      last = sheet;
    }
    return last!;
  };

  it("takes healthy films of different patients as rows and one film a class as columns", () => {
    const { identities, pathologies } = chooseSwapFilms(dataset, { rows: 3 });
    const patients = identities.map((film) => dataset.films[film]!.patient);
    assert.equal(new Set(patients).size, 3);
    assert.ok(identities.every((film) => dataset.films[film]!.labels[0] === "No Finding"));
    assert.deepEqual(
      pathologies.map((film) => dataset.films[film]!.labels[0]),
      ["No Finding", "Effusion", "Edema"],
    );
  });

  it("puts each column's pathology into each row's film", async () => {
    const sheet = await sheetOf(2);
    sheet.identities.forEach(({ image }, row) => {
      [0, 0.1, 0.2].forEach((added, column) => {
        const difference = sheet.counterfactuals[row]![column]!.map(
          (value, at) => value - image[at]!,
        );
        assert.ok(difference.every((value) => Math.abs(value - added) < 1e-6));
      });
    });
  });

  it("shows itself in a notebook as a picture with words beside it", async () => {
    const sheet = await sheetOf(2);
    const bundle = await sheet[Symbol.for("Jupyter.display") as keyof SwapSheet & symbol]();
    const { width, height } = await sharp(bundle["image/png"] as Uint8Array).metadata();
    const { widthPx, heightPx } = sheet.draw("counterfactual");
    assert.deepEqual([width, height], [widthPx, heightPx]);
    assert.match(String(bundle["text/plain"]), /Rows: .*No Finding.*Columns: .*Effusion/);
  });

  it("draws differences red where brighter, white where equal", async () => {
    const sheet = await sheetOf(1);
    const { rgb, widthPx } = sheet.draw("difference");
    const at = (column: number) => {
      // The middle of the only row's cell in a column; a film is drawn 96 px wide, 2 px apart, 6 more after the first.
      const x = 2 + 6 + (column + 1) * 98 + 48;
      const y = 2 + 6 + 98 + 48;
      return [...rgb.slice((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3)];
    };
    const [equal, , brighter] = [at(0), at(1), at(2)];
    assert.deepEqual(equal, [245, 245, 245]);
    assert.ok(brighter[0]! > brighter[1]! && brighter[1] === brighter[2]);
  });
});
