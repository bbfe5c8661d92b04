import assert from "node:assert/strict";
import { NO_FINDING, openPhantom } from "#src/data/index.ts";
import { key } from "#src/engine/index.ts";
import { createPhantomCausalModel } from "#src/pipelines/index.ts";

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
