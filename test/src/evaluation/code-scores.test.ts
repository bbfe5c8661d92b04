import assert from "node:assert/strict";
import { foldIn, key, normal, randint, uniform, type Key } from "#src/engine/index.ts";
import { codeScores } from "#src/evaluation/counterfactual/code-scores.ts";
import { principalAxes } from "#src/evaluation/counterfactual/principal-axes.ts";
import type { FilmCodes } from "#src/evaluation/counterfactual/codes-with-truth.ts";
import type { Table } from "#src/metrics/index.ts";

const FILMS = 400;

/** Codes that hold a truth of two measures, a type and a severity: each in a column of its own, or all mixed. */
function coded(stream: Key, isMixed: boolean): FilmCodes {
  const type = Array.from(randint(foldIn(stream, "type"), FILMS, { max: 3 }));
  const [severity, width, height] = ["severity", "width", "height"].map((name) =>
    Array.from(uniform(foldIn(stream, name), FILMS, { min: -1, max: 1 })),
  ) as [number[], number[], number[]];
  // Spread differently, so that the principal axes are the columns.
  const truth = [
    width.map((v) => 4 * v),
    height.map((v) => 2 * v),
    type,
    severity.map((v) => v / 2),
  ];
  const noise = normal(foldIn(stream, "noise"), 4 * FILMS);
  const value = (column: number, film: number) => {
    const own = truth[column]![film]!;
    const all = truth.reduce((sum, each, at) => sum + (at === column ? -1 : 1) * each[film]!, 0);
    return (isMixed ? all : own) + 0.02 * noise[4 * film + column]!;
  };
  const table = (columns: readonly number[]): Table => ({
    data: Float64Array.from({ length: FILMS * 2 }, (_, at) =>
      value(columns[at % 2]!, Math.floor(at / 2)),
    ),
    shape: [FILMS, 2],
  });
  return {
    identity: table([0, 1]),
    pathology: table([2, 3]),
    type,
    severity,
    anatomy: [
      { name: "width", kind: "continuous", values: width },
      { name: "height", kind: "continuous", values: height },
    ],
  };
}

describe("scores of single codes", () => {
  const scores = (isMixed: boolean) =>
    codeScores(
      { train: coded(key(1), isMixed), test: coded(key(2), isMixed) },
      foldIn(key(3), "votes"),
    );

  it("tell codes that stand for one thing each from codes that stand for all", () => {
    const [apart, mixed] = [scores(false), scores(true)];
    assert.equal(apart.codes, 4);
    assert.deepEqual(apart.films, { train: FILMS, test: FILMS });
    for (const name of [
      "disentanglement",
      "completeness",
      "separatedAttributePredictability",
      "modularity",
      "mutualInformationGap",
      "factorVae",
    ] as const) {
      assert.ok(apart[name] > mixed[name] + 0.1, `${name}: ${apart[name]}, mixed ${mixed[name]}`);
    }
    assert.ok(apart.factorVae > 0.95 && apart.disentanglement > 0.8);
    // Nothing is lost by mixing: all can still be read.
    assert.ok(apart.informativeness > 0.85 && mixed.informativeness > 0.8);
  });

  it("are the same each time", () => {
    assert.deepEqual(scores(false), scores(false));
  });
});

describe("principal axes", () => {
  it("put the widest first, and measure from the mean of the films they were fitted to", () => {
    const table: Table = { data: Float64Array.of(1, 5, 1, 9, 3, 5, 3, 9), shape: [4, 2] };
    const { data, shape } = principalAxes(table, 1)(table);
    assert.deepEqual(shape, [4, 1]);
    const [first] = data;
    assert.ok(Math.abs(Math.abs(first!) - 2) < 1e-9);
    assert.deepEqual(
      Array.from(data, (value) => Math.round(value / first!)),
      [1, -1, 1, -1],
    );
  });
});
