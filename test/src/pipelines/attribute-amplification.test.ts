import assert from "node:assert/strict";
import { openPhantom, type ConfoundedAttribute } from "#src/data/index.ts";
import { attributeAmplification, fitAttributeJudge } from "#src/pipelines/index.ts";
import { readMarker } from "#src/pipelines/marker-reading.ts";

const phantom = openPhantom({ imageSizePx: 16, testPerClass: 8 });
const { test } = phantom;

describe("attributeAmplification", () => {
  const pairs = [...Array(20).keys()].map((source) => ({ source, target: 63 - source }));
  const exact = pairs.map(({ source, target }) =>
    test.counterfactual(source, test.truth(target).pathology),
  );
  const stack = (films: readonly Float32Array[]) => Float32Array.from(films.flatMap((f) => [...f]));
  const judgeOf = (attribute: ConfoundedAttribute) =>
    fitAttributeJudge(attribute, {
      train: phantom.balanced("judge", 60),
      test: phantom.balanced("judge-test", 20),
    });

  it("reads the marker without fail at several sizes", async () => {
    for (const imageSizePx of [16, 32, 64]) {
      const { test: films } = openPhantom({ imageSizePx, testPerClass: 6 });
      const readings = readMarker(await films.readImages([...films.films.keys()]), imageSizePx);
      const of = (marker: string) =>
        readings.filter((_, film) => films.films[film]!.attributes["marker"] === marker);
      assert.ok(Math.min(...of("yes")) > Math.max(...of("no")) + 0.1, `at ${imageSizePx} px`);
    }
  });

  it("is nothing for exact counterfactuals, and counts a marker that is painted over", async () => {
    const judge = await judgeOf("marker");
    assert.ok(judge.rSquared > 0.9);
    const good = await attributeAmplification(test, judge, {
      pairs,
      counterfactuals: stack(exact),
    });
    assert.deepEqual([good.value, good.drift], [0, 0]);
    const blank = pairs.map(() => new Float32Array(16 * 16).fill(0.2));
    const bad = await attributeAmplification(test, judge, { pairs, counterfactuals: stack(blank) });
    assert.ok(bad.value > 0.5 && bad.drift < -0.5, JSON.stringify([bad.value, bad.drift]));
    assert.equal(bad.films, 20);
  });

  it("sees films that come out brighter as exposed more", async () => {
    const judge = await judgeOf("exposure");
    assert.ok(judge.rSquared > 0.9, `${judge.rSquared}`);
    const brighter = exact.map((film) => film.map((value) => 1 - (1 - value) ** 1.4));
    const found = await attributeAmplification(test, judge, {
      pairs,
      counterfactuals: stack(brighter),
    });
    // 1 - exp(-1.4 g a): the gain times 1.4, log 0.34, of a standard deviation of 0.29.
    assert.ok(found.drift > 0.7 && found.drift < 1.7, `${found.drift}`);
  });
});
