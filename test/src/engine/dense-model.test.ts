import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { noise, useRuntime } from "./agreement.ts";

describe("a compiled training step", () => {
  const runtime = useRuntime();

  function makeModel(): { step: (x: tf.Tensor, y: tf.Tensor) => tf.Scalar; w1: tf.Variable } {
    const w1 = tf.variable(noise(1, [5, 8]) as tf.Tensor2D);
    const b1 = tf.variable(tf.zeros([8]));
    const w2 = tf.variable(noise(2, [8, 3]) as tf.Tensor2D);
    const optimizer = tf.train.adam(0.01);
    const step = (x: tf.Tensor, y: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => {
        const hidden = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, w1), b1));
        return tf.mean(tf.square(tf.sub(tf.matMul(hidden as tf.Tensor2D, w2), y)));
      }, [w1, b1, w2]);
      optimizer.applyGradients(grads as never);
      return value;
    };
    return { step, w1 };
  }

  it("does with tf.train.adam what the cpu backend does, step after step", async () => {
    const [compiled, eager] = [makeModel(), makeModel()];
    const before = compiled.w1.dataSync().slice();
    const program = await runtime().compile(({ x, y }) => ({ loss: compiled.step(x!, y!) }), {
      inputs: { x: [4, 5], y: [4, 3] },
    });
    const [x, y] = [noise(3, [4, 5]), noise(4, [4, 3])];
    const given = { x: x.dataSync<"float32">(), y: y.dataSync<"float32">() };
    for (let step = 0; step < 5; step++) {
      const { loss } = await program.run(given);
      const expected = eager.step(x, y).dataSync()[0]!;
      assert.ok(Math.abs(loss!.data[0]! - expected) < 1e-5 * expected);
    }
    assert.deepEqual(compiled.w1.dataSync(), before, "the eager variable keeps its value");
    const trained = await runtime().readVariable(compiled.w1);
    assert.deepEqual(
      [...trained].map((value) => value.toFixed(4)),
      [...eager.w1.dataSync()].map((value) => value.toFixed(4)),
    );
    // Three variables, two moments each, two powers of beta.
    assert.equal(runtime().variables.length, 3 * 3 + 2);
  });
});
