// Trains a small denoiser for a few steps on the device named by the first argument and prints its losses as JSON.
import * as tf from "@tensorflow/tfjs-core";
import type { Device } from "#src/engine/index.ts";
import { createRuntime, foldIn, key, normal, uniform } from "#src/engine/index.ts";
import {
  adamState,
  applyAdam,
  conv2d,
  ParameterStore,
  resblock,
  selfAttention,
} from "#src/nn/index.ts";

const STEPS = 3;
const SHAPE = [2, 8, 8, 1] as const;
const store = new ParameterStore(key(0));
const net = (x: tf.Tensor4D) => {
  const hidden = resblock(store.at("block"), conv2d(store.at("in"), x, 8, { stride: 2 }), 8);
  const rows = tf.reshape<tf.Rank.R3>(hidden, [x.shape[0], 16, 8]);
  const mixed = tf.reshape(selfAttention(store.at("attention"), rows, { heads: 2 }), hidden.shape);
  const both = tf.add<tf.Tensor4D>(hidden, mixed);
  const wide = tf.image.resizeNearestNeighbor(both, [8, 8]);
  return conv2d(store.at("out"), wide, 1);
};
tf.tidy(() => {
  net(tf.zeros([...SHAPE]));
});
store.freeze();
const adam = adamState(store.entries());
const rate = tf.scalar(1e-2);

const runtime = await createRuntime({ device: process.argv[2] as Device, graphCache: false });
const program = await runtime.compile(
  ({ images, noise }) => {
    const variables = [...store.entries()];
    const noised = tf.add(tf.mul(images!, 0.6), tf.mul(noise!, 0.8));
    const { value, grads } = tf.variableGrads(
      () => tf.mean<tf.Scalar>(tf.square(tf.sub(net(noised as tf.Tensor4D), images!))),
      variables.map(([, variable]) => variable),
    );
    const gradients = new Map(variables.map(([name, { name: id }]) => [name, grads[id]!]));
    applyAdam(store.entries(), gradients, adam, rate);
    return { loss: value };
  },
  { inputs: { images: SHAPE, noise: SHAPE } },
);
const losses: number[] = [];
for (let step = 0; step < STEPS; step++) {
  const stream = foldIn(key(7), step);
  const images = uniform(foldIn(stream, "images"), 128);
  const { loss } = await program.run({ images, noise: normal(foldIn(stream, "noise"), 128) });
  losses.push(loss!.data[0]!);
}
const weights = await runtime.readVariable(store.entries().get("block.conv1.kernel")!);
console.log(JSON.stringify({ losses, weights: [...weights], reason: runtime.reason }));
await runtime.dispose();
