import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { carryResidual, type ResidualPolicy } from "#src/causal/index.ts";

// A film of 16 x 16: a reconstruction at 0.5, a residual of 0.1 everywhere, and a counterfactual that is brighter by 0.3 in
// the middle 6 x 6 pixels.
const flat = (value: number) => tf.fill<tf.Rank.R4>([1, 16, 16, 1], value);
const isMiddle = (row: number, column: number) => row > 4 && row < 11 && column > 4 && column < 11;
const brighter = () =>
  tf.tensor4d(
    Array.from({ length: 256 }, (_, at) => (isMiddle(at >> 4, at & 15) ? 0.8 : 0.5)),
    [1, 16, 16, 1],
  );
const carried = (policy?: ResidualPolicy) =>
  carryResidual(
    { residual: flat(0.1), reconstruction: flat(0.5), predicted: brighter() },
    policy,
  ).dataSync();
const at = (row: number, column: number) => row * 16 + column;

describe("carryResidual", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("gives a film's noise back where nothing changes, and none of it where the film is meant to change", () => {
    const film = carried();
    assert.ok(Math.abs(film[at(1, 1)]! - 0.6) < 1e-6);
    // exp(-0.3 / 0.03) = 4.5e-5.
    assert.ok(Math.abs(film[at(8, 8)]! - 0.8) < 1e-5);
    // Of the 25 pixels around (3, 3) one changed: (5, 5).
    const share = 0.3 / 25;
    assert.ok(Math.abs(film[at(3, 3)]! - (0.5 + 0.1 * Math.exp(-share / 0.03))) < 1e-6);
  });

  it("keeps the ghost of what was there when told to keep everything, and nothing when told to drop it", () => {
    assert.ok(Math.abs(carried("kept")[at(8, 8)]! - 0.9) < 1e-6);
    assert.deepEqual(carried("dropped"), brighter().dataSync());
  });

  it("gives the film itself back where the counterfactual equals the reconstruction", () => {
    const residual = tf.randomUniform<tf.Rank.R4>([1, 16, 16, 1], -0.2, 0.2, "float32", 7);
    const same = carryResidual({ residual, reconstruction: flat(0.5), predicted: flat(0.5) });
    const film = tf.add(flat(0.5), residual);
    assert.ok(tf.max(tf.abs(tf.sub(same, film))).dataSync()[0]! < 1e-6);
  });
});
