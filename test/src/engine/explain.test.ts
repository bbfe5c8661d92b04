import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { explain } from "#src/engine/index.ts";
import { noise, useRuntime } from "./agreement.ts";

describe("explain", () => {
  const runtime = useRuntime();
  const compileModel = async () => {
    const filter = tf.variable(noise(1, [3, 3, 2, 4])) as unknown as tf.Variable<tf.Rank.R4>;
    const weight = tf.variable(noise(2, [4, 5])) as unknown as tf.Variable<tf.Rank.R2>;
    const program = await runtime().compile(
      ({ x }) => {
        const features = tf.mean(tf.conv2d(x as tf.Tensor4D, filter, 1, "same"), [1, 2]);
        filter.assign(tf.mul(filter, 0.5));
        return { y: tf.matMul(features, weight) };
      },
      { inputs: { x: [2, 6, 5, 2] } },
    );
    return { program, filter };
  };

  it("counts the operations of convolutions and products as anyone would by hand", async () => {
    const { program } = await compileModel();
    const conv = 2 * (2 * 6 * 5) * 4 * (3 * 3 * 2);
    const product = 2 * 2 * 4 * 5;
    const mean = 2 * 6 * 5 * 4;
    const halved = 3 * 3 * 2 * 4;
    const { flops, stateBytes, bytes } = explain(program);
    assert.equal(flops, conv + product + mean + halved);
    assert.equal(stateBytes, 4 * (3 * 3 * 2 * 4 + 4 * 5));
    assert.ok(bytes > stateBytes);
  });

  it("says in a profile which kernels took the time, and leaves the variables as they were", async () => {
    const { program, filter } = await compileModel();
    const x = noise(3, [2, 6, 5, 2]).dataSync<"float32">();
    const before = await runtime().readVariable(filter);
    const profile = await program.profile({ x }, { runs: 2 });
    assert.deepEqual(await runtime().readVariable(filter), before);
    const kernels = new Set(profile.nodes.map(({ kernel }) => kernel));
    for (const kernel of ["Conv2D", "Mean", "BatchMatMul"]) assert.ok(kernels.has(kernel), kernel);
    const conv = profile.nodes.find(
      ({ kernel, name }) => kernel === "Conv2D" && name.includes("Conv#"),
    );
    assert.deepEqual(conv?.shape, [2, 4, 6, 5]);
    const sum = profile.nodes.reduce((total, { ms }) => total + ms, 0);
    assert.ok(Math.abs(sum - profile.runMs) < 1e-9);
    assert.deepEqual(
      profile.nodes.map(({ ms }) => ms),
      profile.nodes.map(({ ms }) => ms).sort((a, b) => b - a),
    );
    const explanation = explain(program, profile);
    assert.match(inspect(explanation), /by tf\.js kernel:\n.*%.*ms {2}\w+/);
    assert.equal(explanation.profile, profile);
  });
});
