import assert from "node:assert/strict";
import { averageIdentity, lungAreas } from "#src/data/index.ts";

describe("the lungs' areas on a phantom film", () => {
  const middle = lungAreas({ identity: averageIdentity() });

  it("are each between a tenth and a third of the film", () => {
    for (const area of [middle.right, middle.left])
      assert.ok(area > 0.1 && area < 1 / 3, `${area}`);
  });

  it("grow with the chest, and move from side to side with asymmetry", () => {
    const wide = lungAreas({ identity: averageIdentity({ thoraxWidth: 1 }) });
    assert.ok(wide.right > middle.right && wide.left > middle.left);
    const skewed = lungAreas({ identity: averageIdentity({ lungAsymmetry: 1 }) });
    assert.ok(skewed.right > middle.right && skewed.left < middle.left);
  });

  it("shrink on the side whose diaphragm is high", () => {
    const raised = lungAreas({ identity: averageIdentity({ diaphragmLeft: 1 }) });
    assert.ok(raised.left < middle.left);
    assert.ok(Math.abs(raised.right - middle.right) < 1e-6);
  });

  it("hardly depend on the film's size", () => {
    const small = lungAreas({ identity: averageIdentity() }, { imageSizePx: 32 });
    assert.ok(Math.abs(small.right - middle.right) < 0.01);
    assert.ok(Math.abs(small.left - middle.left) < 0.01);
  });
});
