import assert from "node:assert/strict";
import { foldIn, key, normal } from "#src/engine/index.ts";
import { resampledRows } from "#src/evaluation/statistics/class-resamples.ts";
import {
  hierarchicalEstimate,
  type SeedReplicates,
} from "#src/evaluation/statistics/hierarchical-estimate.ts";
import { bootstrap, meanOfResample } from "#src/metrics/index.ts";

const REPLICATES = 800;

/** Replicates of a mean, made seed by seed as a stage makes them. */
function replicatesOf(values: Float32Array, stream = key(3)): SeedReplicates {
  const mean = (rows: Int32Array) => {
    let sum = 0;
    for (const row of rows) sum += values[row]!;
    return sum / rows.length;
  };
  const films = values.length;
  return {
    value: mean(Int32Array.from({ length: films }, (_, row) => row)),
    replicates: Float64Array.from({ length: REPLICATES }, (_, replicate) =>
      mean(resampledRows(stream, { replicate, classIndex: 0, films })),
    ),
    samples: films,
  };
}

const drawn = (seed: number, shift: number, films = 60) =>
  normal(foldIn(key(7), seed), films).map((value) => value + shift);
const itself = ([mean]: readonly number[]) => mean!;

describe("an interval from resamples that were kept seed by seed", () => {
  it("is that of the hierarchical bootstrap over the films themselves", () => {
    const seeds = [0, 0.4, -0.3, 0.7, 0.1].map((shift, seed) => drawn(seed, shift));
    const kept = hierarchicalEstimate(itself, [seeds.map((own) => replicatesOf(own))], {
      stream: key(1),
    });
    const direct = bootstrap(
      (resample) => meanOfResample(resample, seeds),
      { samples: seeds.map(({ length }) => length), isShared: false },
      { stream: key(2), replicates: REPLICATES },
    );
    assert.ok(Math.abs(kept.estimate - direct.estimate) < 1e-6);
    // Both limits scatter by a few hundredths of the standard error at 800 replicates.
    for (const side of ["low", "high", "standardError"] as const) {
      assert.ok(
        Math.abs(kept[side] - direct[side]) < 0.2 * direct.standardError,
        `${side}: ${kept[side]} and ${direct[side]}`,
      );
    }
    assert.equal(kept.seeds, 5);
    assert.equal(kept.samples, 300);
  });

  it("pairs methods by seed and by film: a common part falls out of their difference", () => {
    const common = [0, 1, 2].map((seed) => drawn(seed, seed));
    const one = common.map((own) => replicatesOf(own));
    const other = common.map((own) => replicatesOf(own.map((value) => value + 0.5)));
    const { estimate, low, high } = hierarchicalEstimate(
      ([first, second]) => second! - first!,
      [one, other],
      { stream: key(4) },
    );
    for (const value of [estimate, low, high]) assert.ok(Math.abs(value - 0.5) < 1e-6);
  });

  it("draws a seed's films anew each time that the seed is drawn", () => {
    // With one seed three times over, films resampled once would vary as one seed's mean does: 1/√60; anew, as 1/√180.
    const own = replicatesOf(drawn(1, 0));
    const { standardError } = hierarchicalEstimate(itself, [[own, own, own]], { stream: key(5) });
    const alone = hierarchicalEstimate(itself, [[own]], { stream: key(5) }).standardError;
    const ratio = standardError / alone;
    // Of three draws of three equal seeds every pair has another resample of its own, up to chance.
    assert.ok(ratio > 0.5 && ratio < 0.66, String(ratio));
  });

  it("refuses methods that cannot be paired", () => {
    const own = replicatesOf(drawn(1, 0));
    assert.throws(
      () => hierarchicalEstimate(itself, [[own, own], [own]], { stream: key(0) }),
      /\[2, 1\] seeds/,
    );
  });
});
