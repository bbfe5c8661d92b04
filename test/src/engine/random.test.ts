import assert from "node:assert/strict";
import {
  bits,
  foldIn,
  key,
  normal,
  permutation,
  randint,
  split,
  uniform,
} from "#src/engine/index.ts";
import { threefry2x32 } from "#src/engine/threefry.ts";

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("random", () => {
  it("agrees with the known answers of Random123 (tests/kat_vectors, threefry2x32 20)", () => {
    const vectors = [
      [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0],
    ] as const;
    for (const [c0, c1, k0, k1, r0, r1] of vectors) {
      assert.deepEqual(threefry2x32([k0, k1], [c0, c1]), [r0, r1]);
    }
  });

  it("gives the same numbers for the same key, other numbers for another", () => {
    assert.deepEqual(normal(key(7), 100), normal(key(7), 100));
    assert.notDeepEqual(normal(key(7), 100), normal(key(8), 100));
    assert.deepEqual(bits(key(3), 9), bits(key(3), 100).slice(0, 9));
  });

  it("never gives two children of a key, or the key and a child, the same stream", () => {
    const root = key(0);
    const children = [
      root,
      ...split(root, 50),
      ...Array.from({ length: 50 }, (_, index) => foldIn(root, index)),
      ...["", "0", "1", "a", "b", "a\u0000", "encoder/conv1", "encoder/conv2"].map((name) =>
        foldIn(root, name),
      ),
      foldIn(root, 2 ** 32),
      key(2 ** 32),
      key(1),
    ];
    const draws = children.map((child) => bits(child, 4).join());
    assert.equal(new Set(draws).size, children.length);
    assert.equal(new Set(children.map((child) => child.join())).size, children.length);
  });

  it("draws uniform numbers with the moments of the uniform distribution, within the bounds", () => {
    const draw = uniform(key(1), 200_000, { min: -2, max: 3 });
    assert.ok(draw.every((value) => value >= -2 && value < 3));
    // Mean 0.5, variance 25 / 12; tolerances are 4 standard errors.
    assert.ok(Math.abs(mean(draw) - 0.5) < 4 * Math.sqrt(25 / 12 / draw.length));
    assert.ok(Math.abs(mean(draw.map((value) => (value - 0.5) ** 2)) - 25 / 12) < 0.02);
    const narrow = uniform(key(2), 50_000, { min: 1, max: 1 + 2 ** -22 });
    assert.ok(narrow.every((value) => value >= 1 && value < 1 + 2 ** -22));
  });

  it("draws normal numbers with the moments of the standard normal", () => {
    const draw = normal(key(2), 200_001);
    assert.equal(draw.length, 200_001);
    // Standard errors: 1, sqrt(2), sqrt(15), sqrt(96) over sqrt(n); four of each.
    const error = 4 / Math.sqrt(draw.length);
    assert.ok(Math.abs(mean(draw)) < error);
    assert.ok(Math.abs(mean(draw.map((x) => x ** 2)) - 1) < Math.SQRT2 * error);
    assert.ok(Math.abs(mean(draw.map((x) => x ** 3))) < Math.sqrt(15) * error);
    assert.ok(Math.abs(mean(draw.map((x) => x ** 4)) - 3) < Math.sqrt(96) * error);
    const lag = draw.slice(1).map((x, index) => x * draw[index]!);
    assert.ok(Math.abs(mean(lag)) < error);
  });

  it("draws every whole number of a range equally often", () => {
    const counts = new Map<number, number>();
    for (const value of randint(key(3), 60_000, { min: -1, max: 5 })) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), [-1, 0, 1, 2, 3, 4]);
    for (const count of counts.values()) assert.ok(Math.abs(count - 10_000) < 400);
  });

  it("permutes: each order of three equally often, each number once", () => {
    const counts = new Map<string, number>();
    for (const child of split(key(4), 6000)) {
      const order = permutation(child, 3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 130);
    assert.deepEqual(
      [...permutation(key(5), 500)].sort((a, b) => a - b),
      Array.from({ length: 500 }, (_, index) => index),
    );
  });

  it("refuses seeds, counts and ranges that mean nothing, naming the argument", () => {
    assert.throws(() => key(-1), /seed is -1/);
    assert.throws(() => key(1.5), /seed is 1.5/);
    assert.throws(() => foldIn(key(0), -3), /data is -3/);
    assert.throws(() => uniform(key(0), 3, { min: 1, max: 1 }), /min 1 and max 1/);
    assert.throws(() => randint(key(0), 3, { max: 2.5 }), /max 2.5/);
  });

  it("keeps these very numbers for ever (made by this file once; a change breaks saved runs)", () => {
    assert.deepEqual([...bits(key(0), 3)], [0x6b200159, 0x99ba4efe, 0x508efb2c]);
    assert.deepEqual(foldIn(key(1), "encoder"), [0x65f6a3b4, 0x81d5f790]);
  });
});
