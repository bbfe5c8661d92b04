import assert from "node:assert/strict";
import { adjustmentSet, areSeparated, causalOrder, CausalError } from "#src/causal/index.ts";

describe("a causal graph", () => {
  it("puts causes before their effects", () => {
    const order = causalOrder({ film: ["patient", "finding"], finding: ["patient"], patient: [] });
    assert.deepEqual(order, ["patient", "finding", "film"]);
  });

  it("names the cycle that makes it no causal graph, and a cause that it lacks", () => {
    assert.throws(() => causalOrder({ a: ["c"], b: ["a"], c: ["b"] }), /a <- c <- b <- a/);
    assert.throws(() => causalOrder({ a: ["ghost"] }), CausalError);
  });

  it("separates the ends of a chain and of a fork by their middle, and joins the ends of a collider by its", () => {
    const chain = { a: [], b: ["a"], c: ["b"] };
    const fork = { b: [], a: ["b"], c: ["b"] };
    for (const graph of [chain, fork]) {
      assert.equal(areSeparated(graph, "a", "c"), false);
      assert.equal(areSeparated(graph, "a", "c", ["b"]), true);
    }
    const collider = { a: [], c: [], b: ["a", "c"], below: ["b"] };
    assert.equal(areSeparated(collider, "a", "c"), true);
    assert.equal(areSeparated(collider, "a", "c", ["b"]), false);
    assert.equal(areSeparated(collider, "a", "c", ["below"]), false);
  });
});

describe("adjustmentSet", () => {
  const ward = { ward: [], disease: ["ward"], marker: ["ward"], film: ["disease", "marker"] };
  const question = { treatment: "disease", outcome: "film" };

  it("asks for the confounder, or for what stands between it and the film", () => {
    assert.deepEqual(adjustmentSet(ward, { ...question, observed: ["ward"] }), ["ward"]);
    assert.deepEqual(adjustmentSet(ward, { ...question, observed: ["marker"] }), ["marker"]);
    assert.equal(adjustmentSet(ward, { ...question, observed: ["ward", "marker"] })?.length, 1);
  });

  it("says when nothing that was observed will do, and when nothing is needed", () => {
    assert.equal(adjustmentSet(ward, { ...question, observed: [] }), undefined);
    const random = { disease: [], marker: [], film: ["disease", "marker"] };
    assert.deepEqual(adjustmentSet(random, { ...question, observed: ["marker"] }), []);
  });

  // Greenland, Pearl and Robins 1999: adjusting for m would open the path that it closes.
  it("leaves the middle of an M alone", () => {
    const graph = { u: [], v: [], m: ["u", "v"], disease: ["u"], film: ["disease", "v"] };
    assert.deepEqual(adjustmentSet(graph, { ...question, observed: ["m"] }), []);
  });

  it("never adjusts for an effect of the treatment", () => {
    const graph = { c: [], disease: ["c"], code: ["disease"], film: ["code", "c"] };
    assert.deepEqual(adjustmentSet(graph, { ...question, observed: ["code", "c"] }), ["c"]);
    assert.equal(adjustmentSet(graph, { ...question, observed: ["code"] }), undefined);
  });
});
