import assert from "node:assert/strict";

/** Asserts |actual − expected| ≤ atol + rtol·|expected| in every place, and shows the worst one. */
export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-6 }: { readonly rtol?: number; readonly atol?: number } = {},
): void {
  assert.equal(actual.length, expected.length, "lengths differ");
  let worst = -1;
  let worstExcess = 0;
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    const excess = difference - (atol + rtol * Math.abs(expected[index]!));
    if (!(excess <= worstExcess)) {
      worst = index;
      worstExcess = Number.isNaN(excess) ? Infinity : excess;
    }
  }
  if (worst >= 0) {
    assert.fail(
      `at ${worst}: ${actual[worst]} instead of ${expected[worst]} (rtol ${rtol}, atol ${atol})`,
    );
  }
}
