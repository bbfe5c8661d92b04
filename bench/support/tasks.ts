import * as tf from "@tensorflow/tfjs-core";
import { decode, defaultAutoencoderSettings, encode } from "#src/autoencoder/index.ts";
import type { TracedFunction } from "#src/engine/index.ts";
import { key, normal, uniform } from "#src/engine/index.ts";
import { adamState, applyAdam, ParameterStore } from "#src/nn/index.ts";
import { unet } from "./unet.ts";

const SIZE_PX = 64;
const STEPS = 10;
const settings = defaultAutoencoderSettings(SIZE_PX, 40);

/** Something that both sides compute, ours as tf.js code. */
export interface Task {
  readonly parameters: number;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly data: Readonly<Record<string, Float32Array>>;
  readonly fn: TracedFunction;
}

/** Runs `fn` once, which makes its parameters. */
function start(store: ParameterStore, fn: () => unknown): ParameterStore {
  tf.tidy(() => {
    fn();
  });
  store.freeze();
  return store;
}

function trainingStep(
  store: ParameterStore,
  loss: (inputs: Record<string, tf.Tensor>) => tf.Scalar,
): TracedFunction {
  const state = adamState(store.entries());
  const rate = tf.scalar(1e-4);
  return (inputs) => {
    const variables = [...store.entries()];
    const { value, grads } = tf.variableGrads(
      () => loss(inputs),
      variables.map(([, variable]) => variable),
    );
    const gradients = new Map(
      variables.flatMap(([name, variable]) => {
        const gradient = grads[variable.name];
        return gradient === undefined ? [] : [[name, gradient] as const];
      }),
    );
    applyAdam(store.entries(), gradients, state, rate);
    return { loss: value };
  };
}

function unetStep(batch: number): Task {
  const store = new ParameterStore(key(0));
  start(store, () => unet(store, tf.zeros([1, SIZE_PX, SIZE_PX, 1]), tf.zeros([1])));
  const shape = [batch, SIZE_PX, SIZE_PX, 1];
  const size = batch * SIZE_PX ** 2;
  return {
    parameters: store.size,
    inputs: { images: shape, noise: shape, times: [batch] },
    data: {
      images: uniform(key(1), size),
      noise: normal(key(2), size),
      times: uniform(key(3), batch, { max: 1000 }),
    },
    fn: trainingStep(store, ({ images, noise, times }) => {
      const noised = tf.add<tf.Tensor4D>(tf.mul(images!, 0.6), tf.mul(noise!, 0.8));
      return tf.mean<tf.Scalar>(tf.square(tf.sub(unet(store, noised, times!), noise!)));
    }),
  };
}

type Codes = Parameters<typeof decode>[1];

function means(store: ParameterStore, images: tf.Tensor): Codes {
  const { identity, pathology, acquisition } = encode(store, images as tf.Tensor4D, settings);
  return { identity: identity.mean, pathology: pathology.mean, acquisition: acquisition.mean };
}

function autoencoderStore(): ParameterStore {
  const store = new ParameterStore(key(0));
  return start(store, () =>
    decode(store.at("decoder"), means(store, tf.zeros([1, SIZE_PX, SIZE_PX, 1])), settings),
  );
}

function autoencoderStep(batch: number): Task {
  const store = autoencoderStore();
  return {
    parameters: store.size,
    inputs: { images: [batch, SIZE_PX, SIZE_PX, 1] },
    data: { images: uniform(key(1), batch * SIZE_PX ** 2) },
    fn: trainingStep(store, ({ images }) => {
      const codes = means(store, images!);
      const turned = tf.reverse(codes.pathology, 0);
      const error = (given: Codes) =>
        tf.mean(tf.abs(tf.sub(decode(store.at("decoder"), given, settings), images!)));
      const swapped = tf.mul(error({ ...codes, pathology: turned }), 0.5);
      const spread = tf.mul(tf.mean(tf.square(codes.identity)), 1e-3);
      return tf.addN([error(codes), swapped, spread]) as tf.Scalar;
    }),
  };
}

function decodeOne(batch: number): Task {
  const store = autoencoderStore();
  const shapes = {
    identity: [batch, SIZE_PX / 8, SIZE_PX / 8, settings.identityChannels],
    pathology: [batch, settings.pathologyWidth],
    acquisition: [batch, settings.acquisitionWidth],
  };
  return {
    parameters: store.size,
    inputs: shapes,
    data: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        normal(
          key(1),
          shape.reduce((a, b) => a * b),
        ),
      ]),
    ),
    fn: (codes) => ({ image: decode(store.at("decoder"), codes as never, settings) }),
  };
}

/** Share of the image left at each of the sampler's times, from noise to image. */
function schedule(): { readonly time: number; readonly now: number; readonly next: number }[] {
  const share = (at: number) => Math.cos((at / STEPS) * (Math.PI / 2) * 0.98) ** 2;
  return Array.from({ length: STEPS }, (_, index) => {
    const at = STEPS - index;
    return { time: 100 * at, now: share(at), next: share(at - 1) };
  });
}

function samplerGradient(batch: number): Task {
  const store = new ParameterStore(key(0));
  start(store, () => unet(store, tf.zeros([1, SIZE_PX, SIZE_PX, 1]), tf.zeros([1])));
  const shape = [batch, SIZE_PX, SIZE_PX, 1];
  const size = batch * SIZE_PX ** 2;
  const loss = (noise: tf.Tensor, target: tf.Tensor) => {
    let x = noise as tf.Tensor4D;
    for (const { time, now, next } of schedule()) {
      const guess = unet(store, x, tf.fill([batch], time));
      const image = tf.div(tf.sub(x, tf.mul(guess, Math.sqrt(1 - now))), Math.sqrt(now));
      x = tf.add(tf.mul(image, Math.sqrt(next)), tf.mul(guess, Math.sqrt(1 - next)));
    }
    return tf.mean<tf.Scalar>(tf.square(tf.sub(x, target)));
  };
  return {
    parameters: store.size,
    inputs: { noise: shape, target: shape },
    data: { noise: normal(key(1), size), target: uniform(key(2), size) },
    fn: ({ noise, target }) => {
      const { value, grad } = tf.valueAndGrad((x) => loss(x, target!))(noise!);
      return { loss: value, gradient: grad };
    },
  };
}

/** By name: how to make it for a batch, and how many images a batch has in the comparison. */
export const tasks: Readonly<
  Record<string, { readonly batch: number; readonly make: (batch: number) => Task }>
> = {
  unet: { batch: 16, make: unetStep },
  autoencoder: { batch: 16, make: autoencoderStep },
  decode: { batch: 1, make: decodeOne },
  "sampler-gradient": { batch: 1, make: samplerGradient },
};
