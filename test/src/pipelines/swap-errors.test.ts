import assert from "node:assert/strict";
import { openPhantom } from "#src/data/index.ts";
import { swapErrors, type AutoencoderModel } from "#src/pipelines/index.ts";

const { test } = openPhantom({ imageSizePx: 16, testPerClass: 4 });
const pairs = [0, 5, 9].map((source) => ({ source, target: 31 - source }));
const exact = pairs.flatMap(({ source, target }) => [
  ...test.counterfactual(source, test.truth(target).pathology),
]);

/** A model whose counterfactuals are what `make` makes of the films it is given. */
const modelThat = (make: (films: Float32Array) => Float32Array) =>
  ({
    encode: () => Promise.resolve({ pathology: new Float32Array() }),
    counterfactual: (films: Float32Array) => Promise.resolve({ counterfactual: make(films) }),
  }) as unknown as AutoencoderModel;

describe("swapErrors", () => {
  it("finds none in exact counterfactuals, and strength 1", async () => {
    const found = await swapErrors(
      modelThat(() => Float32Array.from(exact)),
      test,
      { pairs },
    );
    assert.deepEqual(
      [found.inside, found.outside, found.swaps, Math.abs(found.strength - 1) < 1e-9],
      [0, 0, 3, true],
    );
    assert.ok(found.insideUnchanged > 0.01);
  });

  it("gives a film left as it is strength 0, and halfway a half", async () => {
    const unchanged = await swapErrors(
      modelThat((films) => films),
      test,
      { pairs },
    );
    assert.equal(unchanged.strength, 0);
    assert.equal(unchanged.inside, unchanged.insideUnchanged);
    const half = await swapErrors(
      modelThat((films) => films.map((value, at) => (value + exact[at]!) / 2)),
      test,
      { pairs },
    );
    assert.ok(Math.abs(half.strength - 0.5) < 1e-6);
    assert.ok(Math.abs(half.inside - unchanged.inside / 2) < 1e-6);
  });
});
