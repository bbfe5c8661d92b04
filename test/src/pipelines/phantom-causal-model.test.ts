import assert from "node:assert/strict";
import { NO_FINDING, openPhantom } from "#src/data/index.ts";
import { key } from "#src/engine/index.ts";
import { createPhantomCausalModel, markerAmplification } from "#src/pipelines/index.ts";
import { readMarker } from "#src/pipelines/marker-reading.ts";

const { test } = openPhantom({ imageSizePx: 32, testPerClass: 8 });

describe("the phantom as a causal model", () => {
  it("answers with its exact counterfactuals", async () => {
    const model = createPhantomCausalModel({ imageSizePx: 32 });
    const index = test.films.findIndex(({ labels }) => labels[0] === "Nodule");
    const [film] = [await test.readImages([index])];
    const observed = { ...test.truth(index), film };
    const { counterfactual } = await model.counterfactual(observed, {
      do: { pathology: NO_FINDING },
    });
    assert.deepEqual(counterfactual.film, test.counterfactual(index, NO_FINDING));
    const { noise } = await model.abduct(observed);
    assert.deepEqual((await model.predict(noise)).film, film);
  });

  it("draws films, and the same films with another pathology", async () => {
    const model = createPhantomCausalModel({ imageSizePx: 32 });
    const natural = await model.sample(key(3));
    const healthy = await model.intervene({ pathology: NO_FINDING }).sample(key(3));
    assert.deepEqual(healthy.identity, natural.identity);
    assert.equal(healthy.pathology, NO_FINDING);
    assert.equal(natural.film.length, 32 * 32);
  });
});

describe("markerAmplification", () => {
  const pairs = [...Array(20).keys()].map((source) => ({ source }));
  const stack = (films: readonly Float32Array[]) => Float32Array.from(films.flatMap((f) => [...f]));

  it("reads the marker without fail at several sizes", async () => {
    for (const imageSizePx of [16, 32, 64]) {
      const { test: films } = openPhantom({ imageSizePx, testPerClass: 6 });
      const readings = readMarker(await films.readImages([...films.films.keys()]), imageSizePx);
      const of = (marker: string) =>
        readings.filter((_, film) => films.films[film]!.attributes["marker"] === marker);
      assert.ok(Math.min(...of("yes")) > Math.max(...of("no")) + 0.1, `at ${imageSizePx} px`);
    }
  });

  it("is nothing for exact counterfactuals, and large for ones that paint the marker over", async () => {
    const exact = pairs.map(({ source }) => test.counterfactual(source, NO_FINDING));
    const good = await markerAmplification(test, { pairs, counterfactuals: stack(exact) });
    // Grain and the lesion's edge may touch the reading, the marker itself stays.
    assert.ok(good.value < 0.05, `${good.value}`);
    assert.equal(good.flipped, 0);
    const blank = pairs.map(() => new Float32Array(32 * 32).fill(0.2));
    const bad = await markerAmplification(test, { pairs, counterfactuals: stack(blank) });
    const marked = pairs.filter(({ source }) => test.films[source]!.attributes["marker"] === "yes");
    assert.equal(bad.flipped, marked.length / pairs.length);
    assert.ok(bad.value > 0.5 && bad.drift < -0.5, JSON.stringify([bad.value, bad.drift]));
  });
});
