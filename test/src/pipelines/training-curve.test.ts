import assert from "node:assert/strict";
import { LOSS_NAMES } from "#src/autoencoder/index.ts";
import { createTrainingCurve } from "#src/pipelines/index.ts";
import type { CurveStep } from "#src/pipelines/training-curve.ts";

const at = (step: number): CurveStep => ({
  step,
  totalSteps: 20,
  losses: Object.fromEntries(LOSS_NAMES.map((name) => [name, 1 / step])),
  loss: 8 / step,
  filmsPerSecond: 30,
  etaSeconds: 61,
  history: [],
});

describe("a training curve", () => {
  it("is due at the first step, after its pause, and at the end", () => {
    let nowMs = 0;
    const curve = createTrainingCurve({ everyMs: 100, now: () => nowMs });
    const due = [1, 2, 3, 20].map((step) => {
      const isDue = curve.add(at(step));
      nowMs += 60;
      return isDue;
    });
    assert.deepEqual(due, [true, false, true, true]);
  });

  it("shows progress in words, a bar and lines, all of it finite", () => {
    const curve = createTrainingCurve();
    for (let step = 1; step <= 20; step++) curve.add(at(step));
    const bundle = curve[Symbol.for("Jupyter.display") as never] as () => Record<string, string>;
    const { "text/html": html, "text/plain": text } = bundle.call(curve);
    assert.match(text!, /^step 20\/20 · loss 0\.4000 · .* · 30 films\/s · 1:01 left$/);
    assert.match(html!, /<progress value="20" max="20"/);
    assert.equal(html!.match(/<polyline/g)?.length, 2);
    assert.doesNotMatch(html!, /NaN|Infinity/);
  });

  it("takes a diffusion model's steps too, and draws the one loss that they have", () => {
    const curve = createTrainingCurve();
    for (let step = 1; step <= 20; step++) {
      curve.add({
        ...{ stream: "pathology", step, totalSteps: 20, samplesPerSecond: 900, etaSeconds: 5 },
        ...{ losses: { denoising: 1 / step, balancing: 0 }, loss: 1 / step, history: [] },
      });
    }
    const bundle = curve[Symbol.for("Jupyter.display") as never] as () => Record<string, string>;
    const { "text/html": html, "text/plain": text } = bundle.call(curve);
    assert.match(text!, /^pathology diffusion step 20\/20 · loss 0\.0500 · 900 codes\/s/);
    assert.equal(html!.match(/<polyline/g)?.length, 1);
    assert.doesNotMatch(html!, /NaN|Infinity/);
  });
});
