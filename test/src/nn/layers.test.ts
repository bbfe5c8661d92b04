import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { foldIn, key } from "#src/engine/index.ts";
import {
  adamState,
  applyAdam,
  conv2d,
  groupNorm,
  layerNorm,
  ParameterError,
  ParameterStore,
  resblock,
  selfAttention,
} from "#src/nn/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { wave } from "../../support/wave.ts";

// Made by test/fixtures/nn/make_nn.py with PyTorch.
const golden = JSON.parse(
  readFileSync(new URL("../../fixtures/nn/nn.json", import.meta.url), "utf8"),
) as Record<string, number[]>;

function set(store: ParameterStore, name: string, value: tf.Tensor): void {
  store.get(name, value.shape, () => new Float32Array(value.size)).assign(value);
}

describe("layers", () => {
  before(() => tf.setBackend("cpu"));

  it("normalise groups as PyTorch does", () => {
    const store = new ParameterStore(key(0));
    set(store, "norm.scale", wave(1, 8));
    set(store, "norm.shift", wave(2, 8));
    const output = groupNorm(store.at("norm"), wave(0, 2, 4, 4, 8) as tf.Tensor4D, { groups: 4 });
    assertAllClose(output.dataSync(), golden["groupNorm"]!, { atol: 2e-5 });
  });

  it("normalise layers as PyTorch does", () => {
    const store = new ParameterStore(key(0));
    set(store, "norm.scale", wave(1, 8));
    set(store, "norm.shift", wave(2, 8));
    const output = layerNorm(store.at("norm"), wave(0.5, 2, 3, 8));
    assertAllClose(output.dataSync(), golden["layerNorm"]!, { atol: 2e-5 });
  });

  it("attend as PyTorch's scaled dot product does", () => {
    const store = new ParameterStore(key(0));
    for (const [name, phase] of Object.entries({ query: 1, key: 2, value: 3, output: 4 })) {
      set(store, `attention.${name}.kernel`, tf.div(wave(phase, 8, 8), 4));
    }
    const tokens = wave(0.5, 2, 3, 8) as tf.Tensor3D;
    const output = selfAttention(store.at("attention"), tokens, { heads: 2 });
    assertAllClose(output.dataSync(), golden["selfAttention"]!, { atol: 1e-5 });
  });

  it("start a residual block as the identity", () => {
    const store = new ParameterStore(key(0));
    const images = wave(0, 3, 4, 4, 8) as tf.Tensor4D;
    assertAllClose(resblock(store.at("block"), images, 8).dataSync(), images.dataSync());
    assert.deepEqual(resblock(store.at("wider"), images, 16).shape, [3, 4, 4, 16]);
  });

  it("refuse channels that do not divide into groups", () => {
    const store = new ParameterStore(key(0));
    const images = wave(0, 1, 2, 2, 6) as tf.Tensor4D;
    assert.throws(() => groupNorm(store, images, { groups: 4 }), /6 channels do not divide into 4/);
  });
});

describe("a parameter store", () => {
  it("starts a parameter from its own name, whatever was made before", () => {
    const images = wave(0, 1, 4, 4, 8) as tf.Tensor4D;
    const alone = new ParameterStore(key(7));
    conv2d(alone.at("b"), images, 8);
    const second = new ParameterStore(key(7));
    conv2d(second.at("a"), images, 8);
    conv2d(second.at("b"), images, 8);
    const kernel = (store: ParameterStore) => store.entries().get("b.kernel")!.dataSync();
    assert.deepEqual(kernel(alone), kernel(second));
    assert.notDeepEqual(kernel(second), second.entries().get("a.kernel")!.dataSync());
  });

  it("draws kernels with variance 1 / fanIn", () => {
    const store = new ParameterStore(foldIn(key(0), "test"));
    conv2d(store, tf.zeros<tf.Rank.R4>([1, 4, 4, 64]), 128);
    const values = Float32Array.from(store.entries().get("kernel")!.dataSync());
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    assertAllClose([variance * 9 * 64], [1], { rtol: 0.03 });
  });

  it("refuses another shape, and new names once frozen", () => {
    const store = new ParameterStore(key(0));
    set(store, "kernel", tf.zeros([2, 3]));
    const zeros = () => new Float32Array(4);
    assert.throws(() => store.get("kernel", [2, 2], zeros), /has shape \[2, 3\].*wants \[2, 2\]/);
    store.freeze();
    assert.throws(() => store.get("other", [2, 2], zeros), ParameterError);
  });
});

describe("Adam", () => {
  it("steps as PyTorch's AdamW with gradient clipping does", () => {
    const store = new ParameterStore(key(0));
    set(store, "theta", wave(0, 2, 3));
    const theta = store.entries().get("theta")!;
    const state = adamState(store.entries());
    for (let step = 0; step < 5; step++) {
      const loss = () => tf.sum<tf.Scalar>(tf.pow(tf.sub(theta, wave(3, 2, 3)), 4));
      const gradient = tf.variableGrads(loss, [theta]).grads[theta.name]!;
      applyAdam(store.entries(), new Map([["theta", gradient]]), state, tf.scalar(0.1), {
        weightDecay: 0.01,
        clipNorm: 2,
      });
    }
    assertAllClose(theta.dataSync(), golden["adamW"]!, { rtol: 2e-5, atol: 2e-5 });
    assert.equal(state.step.dataSync()[0], 5);
  });
});
