import assert from "node:assert/strict";
import { barChart, lineChart } from "#src/pipelines/index.ts";
import { fitAxis } from "#src/pipelines/charts/axis.ts";

describe("an axis", () => {
  it("has ticks at round numbers within its range", () => {
    assert.deepEqual(fitAxis([0.13, 0.94], [0, 100]).ticks, [0.2, 0.4, 0.6, 0.8]);
    assert.deepEqual(
      fitAxis([0, 1], [0, 100], { includes: [0, 1] }).ticks,
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    );
    assert.deepEqual(
      fitAxis([30, 700], [0, 100], { isLogarithmic: true }).ticks,
      [50, 100, 200, 500],
    );
  });

  it("ends where it was asked to, and holds values that are all alike", () => {
    const axis = fitAxis([2, 8], [10, 110], { includes: [0, 10] });
    assert.deepEqual([axis.at(0), axis.at(5), axis.at(10)], [10, 60, 110]);
    assert.ok(Number.isFinite(fitAxis([3, 3], [0, 100]).at(3)));
  });
});

describe("charts", () => {
  it("draw curves with their bands, leave out what is no number, and tell all in words", () => {
    const { svg, text } = lineChart({
      ...{ title: "A < B", x: "films", y: "distance", logX: true },
      curves: [
        {
          label: "real",
          points: [
            [10, 3],
            [100, NaN],
            [1000, 1],
          ],
          band: [
            [2, 4],
            [1, 3],
            [0.5, 1.5],
          ],
        },
      ],
    });
    assert.match(svg, /A &lt; B/);
    assert.equal(svg.match(/<circle/g)?.length, 2);
    assert.equal(svg.match(/<polygon/g)?.length, 1);
    assert.equal(text, "A < B\nreal: 10 → 3, 100 → –, 1,000 → 1");
    assert.doesNotMatch(svg.replaceAll(/<[a-z]+ [^>]*>/g, ""), /NaN/);
  });

  it("draw bars from zero with their intervals", () => {
    const { svg, text } = barChart({
      ...{ title: "Recognised", x: "share" },
      bars: [
        { label: "Nodule", value: 0.5, low: 0.25, high: 0.75 },
        { label: "Edema", value: 1 },
      ],
      reference: { label: "chance", value: 0.125 },
    });
    const widths = [...svg.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)"/g)].map((found) =>
      Number(found[1]),
    );
    assert.equal(widths.length, 2);
    assert.ok(Math.abs(widths[1]! / widths[0]! - 2) < 0.01);
    assert.equal(text, "Recognised\nNodule: 0.5 [0.25, 0.75]\nEdema: 1");
    assert.match(svg, />chance</);
  });
});
