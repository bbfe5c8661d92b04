import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { key } from "#src/engine/index.ts";
import { dense, frozen, ParameterStore, reverseGradient, stopGradient } from "#src/nn/index.ts";

describe("gradients", () => {
  before(() => tf.setBackend("cpu"));

  const gradientAt2 = (f: (x: tf.Tensor) => tf.Tensor) =>
    tf
      .grad((x) => tf.sum(f(x)))(tf.scalar(2))
      .dataSync()[0];

  it("are stopped, or turned round, without a change of the value", () => {
    assert.equal(stopGradient(tf.scalar(2)).dataSync()[0], 2);
    assert.equal(
      gradientAt2((x) => tf.mul(x, stopGradient(x))),
      2,
    );
    assert.equal(reverseGradient(tf.scalar(2)).dataSync()[0], 2);
    assert.equal(
      gradientAt2((x) => reverseGradient(tf.square(x))),
      -4,
    );
  });

  it("pass through a frozen layer to what lies before it, and leave its parameters alone", () => {
    const store = new ParameterStore(key(0));
    const input = tf.keep(tf.variable(tf.tensor2d([[1, 2]])));
    const output = () =>
      tf.sum<tf.Scalar>(dense(frozen(store.at("layer")), input as tf.Tensor2D, 3));
    output();
    const variables = [input, ...store.entries().values()];
    const { grads } = tf.variableGrads(output, variables);
    const [toInput, ...toParameters] = variables.map((variable) =>
      Math.max(...tf.abs(grads[variable.name]!).dataSync()),
    );
    assert.ok(toInput! > 0);
    assert.deepEqual(toParameters, [0, 0]);
  });
});
