import assert from "node:assert/strict";
import { fuzzKernel } from "../../support/fuzz-kernel.ts";

describe("a kernel under fire", () => {
  // bench/kernel-fuzz.ts sends as many as one likes.
  it("lives through 5,000 broken messages, answers none and runs none", async function () {
    this.timeout(60_000);
    const { sent, answersToSigned } = await fuzzKernel({ count: 5000, seed: 1 });
    assert.ok(Object.keys(sent).length >= 9, "each kind of message was tried");
    assert.ok(answersToSigned > 0, "properly signed nonsense is answered with errors");
  });
});
