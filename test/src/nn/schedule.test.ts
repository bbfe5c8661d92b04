import assert from "node:assert/strict";
import { emaDecayAt, learningRateAt } from "#src/nn/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

describe("the learning rate", () => {
  const rate = (step: number) =>
    learningRateAt(step, 1000, { peak: 0.1, warmupSteps: 10, decayFraction: 0.4 });

  it("warms up, stays, and falls to zero as a cosine", () => {
    assertAllClose([rate(0), rate(4), rate(9), rate(300), rate(600)], [0.01, 0.05, 0.1, 0.1, 0.1]);
    // Half-way through the decay a cosine is at half its height.
    assertAllClose([rate(800)], [0.05]);
    assert.ok(rate(999) < 1e-5);
  });

  it("lets averages forget the start, and then remember as long as asked", () => {
    assertAllClose([emaDecayAt(0), emaDecayAt(9), emaDecayAt(1e6)], [0.1, 10 / 19, 0.998]);
    assert.equal(emaDecayAt(1e6, 0.9), 0.9);
  });
});
