import assert from "node:assert/strict";
import { openPhantom } from "#src/data/index.ts";
import { foldIn, key, normal } from "#src/engine/index.ts";
import { classConditions } from "#src/evaluation/class-conditions.ts";
import { gaussianCodes } from "#src/evaluation/gaussian-codes.ts";
import { markerShifts } from "#src/evaluation/counterfactual/marker-shift.ts";
import { mixedFilms } from "#src/evaluation/networks/mixed-films.ts";
import { toldFilms } from "#src/evaluation/told-films.ts";

const { train, test } = openPhantom({
  imageSizePx: 16,
  maxPerClass: 24,
  imbalance: 6,
  testPerClass: 6,
});

describe("what a generator is told of films", () => {
  it("is the class alone, what the report says, or the truth", () => {
    assert.ok(
      toldFilms(train, "class").films.every(
        ({ attributes }) => Object.keys(attributes).length === 0,
      ),
    );
    const truth = toldFilms(train, "truth");
    const report = toldFilms(train, "report");
    let said = 0;
    report.films.forEach(({ attributes, labels }, film) => {
      assert.deepEqual(labels, train.films[film]!.labels);
      for (const [field, value] of Object.entries(attributes)) {
        said++;
        // The phantom's reports never say what is not so.
        assert.equal(value, truth.films[film]!.attributes[field]);
      }
    });
    assert.ok(said > train.films.length / 2);
    const prints = [train, truth, report].map(({ fingerprint }) => fingerprint);
    assert.equal(new Set(prints).size, 3);
  });

  it("is asked for class by class, in combinations that need not have occurred", () => {
    const films = ["left", "right"].map((side, at) => ({
      labels: ["Nodule"],
      attributes: { side, zone: ["upper", "lower"][at]! },
    }));
    const conditions = classConditions(films, "Nodule", { stream: key(0), count: 64 });
    const places = new Set(
      conditions.map(({ findings: [finding] }) => `${finding!.side} ${finding!.zone}`),
    );
    assert.deepEqual([...places].sort(), [
      "left lower",
      "left upper",
      "right lower",
      "right upper",
    ]);
    assert.ok(
      conditions.every(
        ({ findings: [finding] }) => finding!.name === "Nodule" && finding!.severity === undefined,
      ),
    );
    const untold = classConditions([{ labels: ["Nodule"], attributes: {} }], "Nodule", {
      stream: key(0),
      count: 2,
    });
    assert.deepEqual(untold, [
      { findings: [{ name: "Nodule" }] },
      { findings: [{ name: "Nodule" }] },
    ]);
  });
});

describe("codes drawn from a normal distribution a class", () => {
  it("have the class's mean and the covariance within classes", () => {
    // Two numbers with covariance [[1, 0.8], [0.8, 1]] about class means 0 and 5.
    const types = Array.from({ length: 900 }, (_, film) => (film % 9 === 0 ? "rare" : "common"));
    const noise = normal(key(1), 1800);
    const rows = new Float32Array(1800);
    types.forEach((type, film) => {
      const [a, b] = [noise[2 * film]!, noise[2 * film + 1]!];
      const mean = type === "rare" ? 5 : 0;
      rows[2 * film] = mean + a;
      rows[2 * film + 1] = mean + 0.8 * a + 0.6 * b;
    });
    const count = 600;
    const drawn = gaussianCodes(rows, {
      types,
      type: "rare",
      stream: foldIn(key(2), "codes"),
      count,
    });
    const column = (at: number) => Array.from({ length: count }, (_, row) => drawn[2 * row + at]!);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / count;
    const [first, second] = [column(0), column(1)];
    // The class mean is known to 1/√100 from its films; the covariance to about 2/√900 and 1.3/√600.
    assert.ok(Math.abs(mean(first) - 5) < 0.35);
    const covariance = mean(
      first.map((value, at) => (value - mean(first)) * (second[at]! - mean(second))),
    );
    assert.ok(Math.abs(covariance - 0.8) < 0.15, String(covariance));
  });
});

describe("training films mixed with generated ones", () => {
  const added = [{ type: "Pneumoperitoneum", images: new Float32Array(20 * 256).fill(0.25) }];
  const countOf = (
    films: readonly { readonly labels: readonly string[]; readonly id: string }[],
  ) => {
    const own = films.filter(({ labels }) => labels[0] === "Pneumoperitoneum");
    return { all: own.length, made: own.filter(({ id }) => id.startsWith("added-")).length };
  };

  it("are four of five in every class that has them when matched, however many there are", () => {
    for (const topUpTo of [4, 16]) {
      const matched = mixedFilms(train, added, { mixture: "matched", topUpTo });
      // 20 generated films beside 4 real ones are 5 to 1: nothing needs listing twice to come nearest to 4 to 1.
      assert.deepEqual(countOf(matched.films), { all: 24, made: 20 });
    }
    const few = [{ type: "Pneumoperitoneum", images: new Float32Array(2 * 256) }];
    const matched = mixedFilms(train, few, { mixture: "matched", topUpTo: 4 });
    assert.deepEqual(countOf(matched.films), { all: 20, made: 16 });
    const many = [{ type: "Pneumoperitoneum", images: new Float32Array(160 * 256) }];
    const thin = mixedFilms(train, many, { mixture: "matched", topUpTo: 4 });
    assert.deepEqual(countOf(thin.films), { all: 200, made: 160 });
  });

  it("are topped up to a limit, pooled or evenly", async () => {
    const real = countOf(train.films).all;
    assert.equal(real, 4);
    const pooled = mixedFilms(train, added, { mixture: "pooled", topUpTo: 16 });
    assert.deepEqual(countOf(pooled.films), { all: 16, made: 12 });
    const even = mixedFilms(train, added, { mixture: "even", topUpTo: 16 });
    assert.deepEqual(countOf(even.films), { all: 24, made: 12 });
    // Classes without added films stay as they are.
    assert.equal(pooled.films.length, train.films.length + 12);
    const head = pooled.films.findIndex(({ labels }) => labels[0] === "Effusion");
    const made = pooled.films.findIndex(({ id }) => id.startsWith("added-"));
    const images = await pooled.readImages([made, head]);
    assert.ok(images.subarray(0, 256).every((value) => value === 0.25));
    const original = train.films.findIndex(({ id }) => id === pooled.films[head]!.id);
    assert.deepEqual(images.subarray(256), await train.readImages([original]));
  });
});

describe("the shift of a marker", () => {
  it("is 0 for the film itself and 1 for the film with the other marker", async () => {
    const truth = test.truth(0);
    const own = await test.readImages([0]);
    assert.equal(markerShifts(test, [0], own)[0], 0);
    const { renderPhantom } = await import("#src/data/index.ts");
    const acquisition = { ...truth.acquisition, marker: !truth.acquisition.marker };
    const flipped = renderPhantom({ ...truth, acquisition }, { imageSizePx: 16 });
    assert.ok(Math.abs(markerShifts(test, [0], flipped)[0]! - 1) < 1e-9);
    const half = own.map((value, at) => (value + flipped[at]!) / 2);
    assert.ok(Math.abs(markerShifts(test, [0], half)[0]! - 0.5) < 1e-6);
  });
});
