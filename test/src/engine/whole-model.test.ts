import assert from "node:assert/strict";
import { noise, useRuntime } from "./agreement.ts";
import { makeUNet } from "./whole-model.ts";

describe("a whole model, compiled", () => {
  const runtime = useRuntime();

  it("follows tf.js's cpu backend over three Adam steps to five digits of loss", async () => {
    const [compiled, eager] = [makeUNet(), makeUNet()];
    // One image: tf.js's own gradient of nearest resizing is wrong for more.
    const images = noise(77, [1, 12, 12, 1]);
    const program = await runtime().compile(({ x }) => ({ loss: compiled.step(x!) }), {
      inputs: { x: images.shape },
    });
    for (let step = 0; step < 3; step++) {
      const { loss } = await program.run({ x: images.dataSync<"float32">() });
      const expected = eager.step(images).dataSync()[0]!;
      const difference = Math.abs(loss!.data[0]! - expected);
      assert.ok(difference < 1e-5 * expected, `step ${step}: ${loss!.data[0]!}, cpu ${expected}`);
    }
    for (const [index, variable] of compiled.variables.entries()) {
      const [actual, expected] = [
        await runtime().readVariable(variable),
        eager.variables[index]!.dataSync(),
      ];
      // Adam divides by the root of a tiny second moment: a gradient that is zero but for rounding moves by up to a
      // step's length (2e-3) each time. Such weights are few.
      const apart = expected.filter((value, at) => Math.abs(value - actual[at]!) > 1e-4).length;
      assert.ok(
        apart <= 0.02 * expected.length,
        `variable ${index}: ${apart} of ${expected.length} differ`,
      );
    }
    const expectedStates = 3 * compiled.variables.length + 2;
    assert.equal(
      runtime().variables.length,
      expectedStates,
      "parameters, two moments each, two powers",
    );
  });

  it("learns for 200 steps without growing in memory", async () => {
    const model = makeUNet();
    const program = await runtime().compile(({ x }) => ({ loss: model.step(x!) }), {
      inputs: { x: [4, 12, 12, 1] },
    });
    const images = noise(78, [4, 12, 12, 1]).dataSync<"float32">();
    const losses: number[] = [];
    const rssMB: number[] = [];
    for (let step = 0; step < 200; step++) {
      const { loss } = await program.run({ x: images });
      losses.push(loss!.data[0]!);
      if (step % 50 === 49) rssMB.push(process.memoryUsage.rss() / 2 ** 20);
    }
    assert.ok(losses.at(-1)! < 0.25 * losses[0]!, `from ${losses[0]!} to ${losses.at(-1)!}`);
    const growthMB = rssMB.at(-1)! - rssMB[0]!;
    assert.ok(growthMB < 60, `${growthMB} MB more after 200 steps than after 50`);
  });
});
