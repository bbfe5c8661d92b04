import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  decode,
  defaultAutoencoderSettings,
  encode,
  meanCodes,
  type AutoencoderSettings,
} from "#src/autoencoder/index.ts";
import { key } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { wave } from "../../support/wave.ts";

const settings: AutoencoderSettings = {
  ...defaultAutoencoderSettings(32, 5),
  channels: [8, 8, 16],
};

describe("codes", () => {
  let films: tf.Tensor4D;
  before(async () => {
    await tf.setBackend("cpu");
    films = tf.div(tf.add(wave(0, 2, 32, 32, 1), 1), 2);
  });

  it("hold the identity and a map of the pathology in places, the rest for the whole film", () => {
    const { identity, pathology, acquisition } = encode(
      new ParameterStore(key(0)),
      films,
      settings,
    );
    assert.deepEqual(identity.mean.shape, [2, 4, 4, 16]);
    assert.deepEqual(pathology.mean.shape, [2, 4 * 4 * 4 + 32]);
    assert.deepEqual(pathology.logVariance.shape, pathology.mean.shape);
    assert.deepEqual(acquisition.mean.shape, [2, 6]);
  });

  it("begin with little noise, so that the decoder can read them at once", () => {
    const { pathology } = encode(new ParameterStore(key(0)), films, settings);
    const deviation = tf.mean(tf.exp(tf.mul(pathology.logVariance, 0.5))).dataSync()[0]!;
    assert.ok(deviation < 0.3, `standard deviation ${deviation}`);
  });

  it("decode to films from 0 to 1, and a place of the pathology map speaks loudest near itself", () => {
    const store = new ParameterStore(key(0));
    const codes = meanCodes(encode(store.at("encoder"), films, settings));
    const decodeWith = (pathology: tf.Tensor2D) =>
      decode(store.at("decoder"), { ...codes, pathology }, settings);
    const before = decodeWith(codes.pathology);
    assert.deepEqual(before.shape, [2, 32, 32, 1]);
    const values = before.dataSync();
    assert.ok(values.every((value) => value >= 0 && value <= 1));

    // The map's second place of its second row: image rows and columns 8 to 15.
    const bump = new Float32Array(settings.pathologyWidth);
    bump.fill(3, (4 + 1) * 4, (4 + 1) * 4 + 4);
    const change = tf.abs(
      tf.sub(decodeWith(tf.add(codes.pathology, tf.tensor2d(bump, [1, bump.length]))), before),
    );
    const near = tf.mean(tf.slice(change, [0, 8, 8, 0], [2, 8, 8, 1])).dataSync()[0]!;
    const far = tf.mean(tf.slice(change, [0, 24, 24, 0], [2, 8, 8, 1])).dataSync()[0]!;
    assert.ok(near > 2 * far, `near ${near}, far ${far}`);
  });

  it("lie twice as densely where the first layer works on single pixels", () => {
    const fine: AutoencoderSettings = {
      ...defaultAutoencoderSettings(32, 5, { patchPx: 1, identityChannels: 4 }),
      channels: [8, 8, 16],
    };
    const store = new ParameterStore(key(0));
    const codes = meanCodes(encode(store.at("encoder"), films, fine));
    assert.deepEqual(codes.identity.shape, [2, 8, 8, 4]);
    assert.deepEqual(codes.pathology.shape, [2, 8 * 8 * 4 + 32]);
    assert.deepEqual(decode(store.at("decoder"), codes, fine).shape, [2, 32, 32, 1]);
  });

  it("too narrow for their map are refused with the sizes that would do", () => {
    assert.throws(
      () => encode(new ParameterStore(key(0)), films, { ...settings, pathologyWidth: 64 }),
      /64 numbers, 4 at each place, does not fit films of 32 px: .* above 64/,
    );
  });
});
