import assert from "node:assert/strict";
import { foldIn, key, normal } from "#src/engine/random.ts";
import {
  bootstrap,
  bootstrapAll,
  createResampler,
  formatEstimate,
  meanOfResample,
  quantile,
} from "#src/metrics/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { closeTo } from "./reference/inputs.ts";
import { nearlyNormal, parkMiller } from "./reference/park-miller.ts";
import { reference } from "./reference/reference.ts";

const expected = reference.statistics;
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: ArrayLike<number>) => {
  const centre = mean(values);
  return mean(Array.from(values, (value) => (value - centre) ** 2));
};

describe("the bootstrap", () => {
  const draw = nearlyNormal(parkMiller(17));
  const skewed = Float64Array.from({ length: 80 }, () => draw() ** 2);
  const nested = [0, 1, 2, 3].map((seed) =>
    normal(foldIn(key(8), seed), 50).map((v) => v + seed / 2),
  );

  it("quantiles agree with numpy's to 1e-12", () => {
    const sorted = skewed.slice().sort();
    const found = [0, 0.025, 0.31, 0.975, 1].map((share) => quantile(sorted, share));
    assertAllClose(found, expected.quantile, { rtol: 1e-12, atol: 0 });
  });

  it("of one seed's mean agrees with scipy.stats.bootstrap to a tenth of the standard error", () => {
    const statistic = (resample: Parameters<typeof meanOfResample>[0]) =>
      meanOfResample(resample, [skewed]);
    const design = { samples: [80], isShared: false };
    const found = bootstrap(statistic, design, { stream: key(1), replicates: 4000 });
    closeTo(found.estimate, mean(skewed), 1e-12);
    const allowed = expected.standardError / 10;
    closeTo(found.low, expected.low, allowed);
    closeTo(found.high, expected.high, allowed);
    closeTo(found.standardError, expected.standardError, allowed / 2);
  });

  it("of seeds with samples of their own has the variance between seeds and within", () => {
    const design = { samples: [50, 50, 50, 50], isShared: false };
    const found = bootstrap((resample) => meanOfResample(resample, nested), design, {
      stream: key(2),
      replicates: 4000,
    });
    // Davison and Hinkley 1997, section 3.8: seeds drawn, then samples drawn in each.
    const theory = variance(nested.map(mean)) / 4 + mean(nested.map(variance)) / 50 / 4;
    // Four standard deviations of a standard deviation over 4,000 numbers.
    assert.ok(Math.abs(found.standardError / Math.sqrt(theory) - 1) < 4 / Math.sqrt(8000));
    assert.deepEqual([found.seeds, found.samples], [4, 200]);
  });

  it("of shared samples draws the same films under every seed, so that differences are paired", () => {
    const design = { samples: [50, 50, 50, 50], isShared: true };
    const [first] = nested;
    const better = nested.map((values) => values.map((value) => value + 0.1));
    const { difference, level } = bootstrapAll(
      (resample) => ({
        difference: meanOfResample(resample, better) - meanOfResample(resample, nested),
        level: meanOfResample(resample, [first!, first!, first!, first!]),
      }),
      design,
      { stream: key(3), replicates: 1000 },
    );
    closeTo(difference.low, 0.1, 1e-6);
    closeTo(difference.high, 0.1, 1e-6);
    // Four equal seeds tell no more than one.
    const theory = Math.sqrt(variance(first!) / 50);
    assert.ok(Math.abs(level.standardError / theory - 1) < 0.1, `${level.standardError} ${theory}`);
    assert.equal(level.samples, 50);
  });

  it("gives equal intervals for equal keys, and others for others", () => {
    const run = (seed: number) =>
      bootstrap(
        (resample) => meanOfResample(resample, nested),
        { samples: [50, 50, 50, 50], isShared: false },
        { stream: key(seed), replicates: 50 },
      );
    assert.deepEqual(run(5), run(5));
    assert.notEqual(run(5).low, run(6).low);
  });

  it("by patient draws all films of a patient together, and as many patients of each class", () => {
    const patients = Array.from({ length: 60 }, (_, film) => `p${Math.floor(film / 3)}`);
    const classes = Array.from({ length: 60 }, (_, film) => (film < 45 ? "head" : "tail"));
    const resample = createResampler({
      samples: [60],
      isShared: true,
      groups: [patients],
      strata: [classes],
    });
    for (let draw = 0; draw < 20; draw++) {
      const films = resample(foldIn(key(7), draw)).samples[0]!;
      assert.equal(films.length, 60);
      assert.equal(films.filter((film) => classes[film] === "tail").length, 15);
      const times = new Map<number, number>();
      for (const film of films) times.set(film, (times.get(film) ?? 0) + 1);
      for (const film of films) {
        const firstOfPatient = film - (film % 3);
        assert.equal(times.get(film), times.get(firstOfPatient));
      }
    }
  });

  it("by patient is wider than by film where a patient's films are alike", () => {
    const values = Array.from({ length: 90 }, (_, film) => skewed[Math.floor(film / 3)]!);
    const width = (groups?: number[][]) => {
      const design = { samples: [90], isShared: true, ...(groups && { groups }) };
      return bootstrap((resample) => meanOfResample(resample, [values]), design, {
        stream: key(9),
        replicates: 1000,
      }).standardError;
    };
    const patients = values.map((_, film) => Math.floor(film / 3));
    const ratio = width([patients]) / width();
    // Three equal films are one: √3.
    assert.ok(Math.abs(ratio - Math.sqrt(3)) < 0.2, `${ratio}`);
  });

  it("its 95 % intervals hold the truth about 95 times in 100", () => {
    let held = 0;
    const [trials, seeds, films] = [120, 12, 5];
    for (let trial = 0; trial < trials; trial++) {
      const stream = foldIn(key(11), trial);
      const effects = normal(foldIn(stream, "seeds"), seeds);
      const values = Array.from(effects, (effect, seed) =>
        normal(foldIn(stream, seed), films).map((value) => value + effect),
      );
      const { low, high } = bootstrap(
        (resample) => meanOfResample(resample, values),
        { samples: values.map(() => films), isShared: false },
        { stream, replicates: 100 },
      );
      if (low <= 0 && high >= 0) held++;
    }
    // Percentile intervals of twelve seeds are a little narrow; three standard deviations around 0.92 are 0.07.
    assert.ok(held / trials > 0.85 && held / trials < 0.99, `${held} of ${trials}`);
  });

  it("says what is wrong with a design or a statistic", () => {
    const options = { stream: key(1), replicates: 20 };
    const zero = () => 0;
    assert.throws(
      () => bootstrap(zero, { samples: [3, 4], isShared: true }, options),
      /all equal as they are shared/,
    );
    assert.throws(
      () => bootstrap(zero, { samples: [3], isShared: true, groups: [["a"]] }, options),
      /groups have lengths \[1\]; give \[3\]/,
    );
    const torn = { samples: [2], isShared: true, groups: [["a", "a"]], strata: [[0, 1]] };
    assert.throws(() => bootstrap(zero, torn, options), /one stratum/);
    assert.throws(
      () => bootstrap(() => NaN, { samples: [3], isShared: true }, options),
      /always finite/,
    );
  });

  it("prints an estimate with its interval", () => {
    const estimate = bootstrap(
      (resample) => meanOfResample(resample, [[2, 2]]),
      {
        samples: [2],
        isShared: true,
      },
      { stream: key(1), replicates: 10 },
    );
    assert.equal(formatEstimate(estimate, 1), "2.0 [2.0, 2.0]");
  });
});
