import assert from "node:assert/strict";
import { pointFinder } from "#widgets/drawing/index.ts";
import { seededRandom, type CodeTable } from "#widgets/models/latent-explorer/code-table.ts";
import {
  axesProjection,
  principalProjection,
} from "#widgets/models/latent-explorer/map-projection.ts";
import { nearestCodes } from "#widgets/models/latent-explorer/nearest-codes.ts";
import { principalComponents } from "#widgets/models/latent-explorer/principal-components.ts";
import { umapProjection } from "#widgets/models/latent-explorer/umap-projection.ts";

/** Rows with standard deviations 4, 2, 1, 0.5 … along the columns, turned by 30 degrees in the first two. */
function turnedTable(count: number, width: number): CodeTable {
  const random = seededRandom(5);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [cosine, sine] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const values = Array.from({ length: width }, (_, at) => normal() * 4 * 0.5 ** at);
    const [a, b] = [values[0]!, values[1]!];
    rows.set([cosine * a - sine * b, sine * a + cosine * b, ...values.slice(2)], row * width);
  }
  return { rows, count, width };
}

/** Four clusters far apart, 60 films each. */
function clusters(count = 240): CodeTable {
  const random = seededRandom(9);
  const width = 6;
  const rows = Float32Array.from({ length: count * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return (row % 4 === column ? 10 : 0) + random() - 0.5;
  });
  return { rows, count, width };
}

describe("principal components", () => {
  it("find the directions and deviations that a table was made with", () => {
    const { directions, deviations, shares } = principalComponents(turnedTable(20_000, 8), 3);
    // 20,000 draws: standard error of a deviation is 0.5 %, of the angle 0.3 degrees.
    assert.ok(Math.abs(directions[0]![0]! - Math.cos(Math.PI / 6)) < 0.02);
    assert.ok(Math.abs(directions[0]![1]! - 0.5) < 0.02);
    for (const [at, expected] of [4, 2, 1].entries()) {
      assert.ok(Math.abs(deviations[at]! / expected - 1) < 0.03, String(deviations[at]));
    }
    // Variances 16, 4, 1, … sum to 16 / (1 − 1/4).
    assert.ok(Math.abs(shares[0]! - 0.75) < 0.02);
  });

  it("are orthonormal, also where the table has fewer rows than columns", () => {
    const { directions } = principalComponents(turnedTable(5, 12), 8);
    assert.equal(directions.length, 4);
    for (const [at, left] of directions.entries()) {
      for (const [other, right] of directions.entries()) {
        const product = left.reduce((sum, value, place) => sum + value * right[place]!, 0);
        assert.ok(Math.abs(product - (at === other ? 1 : 0)) < 1e-5);
      }
    }
  });

  it("of films that are all alike say that nothing varies", () => {
    const rows = new Float32Array(40).fill(3);
    const { deviations, shares } = principalComponents({ rows, count: 10, width: 4 }, 2);
    assert.deepEqual(
      [...deviations, ...shares].map((value) => Math.abs(value) < 1e-6),
      [true, true, true, true],
    );
  });
});

describe("maps of codes", () => {
  it("by principal components lead back to the code, and keep what they do not show", () => {
    const table = turnedTable(300, 8);
    const map = principalProjection(table, { from: 0, width: 8 });
    const code = table.rows.slice(8 * 17, 8 * 18);
    const place = map.placeOf(code);
    assert.ok(Math.abs(place.x - map.points.xs[17]! / 65535) < 1e-4);
    const moved = map.codeAt({ x: 0.9, y: 0.1 }, code);
    const there = map.placeOf(moved);
    assert.ok(Math.abs(there.x - 0.9) < 1e-4 && Math.abs(there.y - 0.1) < 1e-4);
    const back = map.codeAt(place, moved);
    back.forEach((value, at) => {
      assert.ok(Math.abs(value - code[at]!) < 1e-4);
    });
  });

  it("of one group move that group alone", () => {
    const table = turnedTable(300, 8);
    const map = principalProjection(table, { from: 2, width: 3 });
    const code = table.rows.slice(0, 8);
    const moved = map.codeAt({ x: 1, y: 1 }, code);
    assert.deepEqual(
      [...moved.slice(0, 2), ...moved.slice(5)],
      [...code.slice(0, 2), ...code.slice(5)],
    );
    assert.notDeepEqual([...moved.slice(2, 5)], [...code.slice(2, 5)]);
  });

  it("of two codes show larger values further right and up", () => {
    const rows = Float32Array.of(0, 0, 9, 1, 5, 9, 2, 2, 9);
    const map = axesProjection({ rows, count: 3, width: 3 }, [0, 1], (code) => `code ${code}`);
    assert.ok(map.points.xs[0]! < map.points.xs[1]! && map.points.xs[1]! < map.points.xs[2]!);
    assert.ok(map.points.ys[0]! > map.points.ys[2]! && map.points.ys[2]! > map.points.ys[1]!);
    assert.deepEqual(map.axisNames, ["code 0", "code 1"]);
  });

  it("by UMAP keep clusters together, and place films that were not fitted among their own", () => {
    const table = clusters();
    const [last] = [
      ...umapProjection(table, { range: { from: 0, width: 6 }, mostFitted: 120, seed: 0 }),
    ].slice(-1);
    const { projection } = last!;
    const { points } = projection!;
    const finder = pointFinder(points);
    let own = 0;
    for (let film = 0; film < table.count; film++) {
      const place = { x: points.xs[film]! / 65535, y: points.ys[film]! / 65535 };
      own += finder.nearestFew(place, 4).filter(([other]) => other % 4 === film % 4).length;
    }
    // Clusters without a connection may come to touch each other; by chance the share would be a quarter.
    assert.ok(own / (4 * table.count) > 0.95, `${own} of ${4 * table.count} neighbours`);
    const code = projection!.codeAt(
      { x: points.xs[6]! / 65535, y: points.ys[6]! / 65535 },
      new Float32Array(6),
    );
    code.forEach((value, at) => {
      assert.ok(Math.abs(value - table.rows[36 + at]!) < 0.02);
    });
    const place = projection!.placeOf(table.rows.slice(36, 42));
    assert.ok(Math.hypot(place.x - points.xs[6]! / 65535, place.y - points.ys[6]! / 65535) < 0.2);
  });
});

describe("nearest codes", () => {
  it("of large tables are found in the lists of the nearest pivots", () => {
    const table = turnedTable(6000, 6);
    const index = nearestCodes(table);
    let found = 0;
    for (let row = 0; row < 60; row++) {
      const code = table.rows.slice(row * 6, row * 6 + 6);
      const exact = Array.from({ length: table.count }, (_, other) => [
        other,
        Math.hypot(...code.map((value, at) => value - table.rows[other * 6 + at]!)),
      ])
        .toSorted(([, left], [, right]) => left! - right!)
        .slice(0, 10)
        .map(([other]) => other!);
      const { rows, distances } = index.near(code, 10);
      assert.equal(rows[0], row);
      assert.ok(distances.every((value, at) => at === 0 || value >= distances[at - 1]!));
      found += exact.filter((other) => rows.includes(other)).length;
    }
    // Recall of an inverted file with 8 of 77 lists on six dimensions.
    assert.ok(found / 600 > 0.9, `recall ${found / 600}`);
  });
});
