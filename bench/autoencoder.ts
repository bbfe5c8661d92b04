import * as tf from "@tensorflow/tfjs-core";
import {
  foldIn,
  groupNorm as fusedGroupNorm,
  key,
  normal,
  silu as fusedSilu,
} from "#src/engine/index.ts";

type T4 = tf.Tensor4D;

/** What the benchmark trains: a 64x64 convolutional autoencoder with two transformer blocks and swapped decodings. */
export interface BenchmarkModel {
  readonly variables: readonly tf.Variable[];
  /** One Adam step on a batch [B, 64, 64, 1]; returns the loss before it. */
  readonly step: (images: tf.Tensor) => tf.Scalar;
}

const CHANNELS = [32, 64, 128] as const;
const TOKENS = 64;
const WIDTH = 128;
const HEADS = 4;
const CODES = 16; // tokens that hold the pathology code and are swapped between neighbours

/**
 * The same network as bench/train_step_torch.py, with the same number of parameters.
 *
 * @param options `composed`: group norm and SiLU in tf.js's own operations instead of the engine's functions.
 */
export function makeAutoencoder({
  composed = false,
}: { readonly composed?: boolean } = {}): BenchmarkModel {
  const variables: tf.Variable[] = [];
  const parameter = (name: string, shape: readonly number[], scale: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = normal(foldIn(key(0), name), size).map((value) => value * scale);
    const variable = tf.variable(tf.tensor(values, [...shape]), true, `bench/${name}`);
    variables.push(variable);
    return variable;
  };
  const constant = (name: string, shape: readonly number[], value: number) => {
    const variable = tf.variable(tf.fill([...shape], value), true, `bench/${name}`);
    variables.push(variable);
    return variable;
  };

  const conv = (name: string, from: number, to: number, { size = 3, stride = 1 } = {}) => {
    const weight = parameter(
      `${name}.w`,
      [size, size, from, to],
      1 / Math.sqrt(3 * size * size * from),
    );
    const bias = constant(`${name}.b`, [to], 0);
    return (x: tf.Tensor) =>
      tf.add(tf.conv2d(x as T4, weight as unknown as T4, stride, "same"), bias);
  };
  const dense = (name: string, from: number, to: number) => {
    const weight = parameter(`${name}.w`, [from, to], 1 / Math.sqrt(3 * from));
    const bias = constant(`${name}.b`, [to], 0);
    return (x: tf.Tensor) => {
      // tf.js has no gradient for a product that broadcasts: rows of all batches together.
      const rows = tf.reshape(x, [-1, from]);
      const out = tf.add(tf.matMul(rows, weight as unknown as tf.Tensor2D), bias);
      return tf.reshape(out, [...x.shape.slice(0, -1), to]);
    };
  };
  const groupNorm = (name: string, channels: number, groups = 8) => {
    const gamma = constant(`${name}.gamma`, [channels], 1);
    const beta = constant(`${name}.beta`, [channels], 0);
    return (x: tf.Tensor) => {
      if (!composed) return fusedGroupNorm(x as T4, gamma as never, beta as never, { groups });
      const [b, h, w, c] = x.shape as [number, number, number, number];
      const grouped = tf.reshape(x, [b, h * w, groups, c / groups]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      const normed = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(tf.reshape(normed, [b, h, w, c]), gamma), beta);
    };
  };
  const layerNorm = (name: string, width: number) => {
    const gamma = constant(`${name}.gamma`, [width], 1);
    const beta = constant(`${name}.beta`, [width], 0);
    return (x: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, [-1], true);
      const normed = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(normed, gamma), beta);
    };
  };
  const silu = (x: tf.Tensor) => (composed ? tf.mul(x, tf.sigmoid(x)) : fusedSilu(x));

  const residual = (name: string, from: number, to: number) => {
    const [norm1, conv1] = [groupNorm(`${name}.n1`, from), conv(`${name}.c1`, from, to)];
    const [norm2, conv2] = [groupNorm(`${name}.n2`, to), conv(`${name}.c2`, to, to)];
    const skip = from === to ? (x: tf.Tensor) => x : conv(`${name}.s`, from, to, { size: 1 });
    return (x: tf.Tensor) => tf.add(skip(x), conv2(silu(norm2(conv1(silu(norm1(x)))))));
  };
  const transformer = (name: string) => {
    const [norm1, norm2] = [layerNorm(`${name}.n1`, WIDTH), layerNorm(`${name}.n2`, WIDTH)];
    const [qkv, out] = [dense(`${name}.qkv`, WIDTH, 3 * WIDTH), dense(`${name}.out`, WIDTH, WIDTH)];
    const [up, down] = [
      dense(`${name}.up`, WIDTH, 4 * WIDTH),
      dense(`${name}.down`, 4 * WIDTH, WIDTH),
    ];
    const size = WIDTH / HEADS;
    return (x: tf.Tensor) => {
      const batch = x.shape[0];
      const parts = tf.split(qkv(norm1(x)), 3, 2);
      const [q, k, v] = parts.map((part) =>
        tf.transpose(tf.reshape(part, [batch, TOKENS, HEADS, size]), [0, 2, 1, 3]),
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)));
      const mixed = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]);
      const attended = tf.add(x, out(tf.reshape(mixed, [batch, TOKENS, WIDTH])));
      return tf.add(attended, down(silu(up(norm2(attended)))));
    };
  };
  const upsample = (x: tf.Tensor) => {
    const [, h, w] = x.shape as [number, number, number, number];
    return tf.image.resizeNearestNeighbor(x as T4, [2 * h, 2 * w]);
  };

  const [c1, c2, c3] = CHANNELS;
  const encoderLayers = [
    conv("e.in", 1, c1),
    residual("e.r1", c1, c1),
    conv("e.d1", c1, c2, { stride: 2 }),
    residual("e.r2", c2, c2),
    conv("e.d2", c2, c3, { stride: 2 }),
    residual("e.r3", c3, c3),
    conv("e.d3", c3, WIDTH, { stride: 2 }),
  ];
  const blocks = [transformer("t1"), transformer("t2")];
  const decoderLayers = [
    upsample,
    conv("d.u3", WIDTH, c3),
    residual("d.r3", c3, c3),
    upsample,
    conv("d.u2", c3, c2),
    residual("d.r2", c2, c2),
    upsample,
    conv("d.u1", c2, c1),
    residual("d.r1", c1, c1),
    (x: tf.Tensor) => silu(x),
    conv("d.out", c1, 1),
  ];
  const through = (layers: readonly ((x: tf.Tensor) => tf.Tensor)[], x: tf.Tensor) =>
    layers.reduce((current, layer) => layer(current), x);

  const encode = (images: tf.Tensor) =>
    tf.reshape(through(encoderLayers, images), [images.shape[0], TOKENS, WIDTH]);
  const decode = (tokens: tf.Tensor) =>
    through(decoderLayers, tf.reshape(through(blocks, tokens), [tokens.shape[0], 8, 8, WIDTH]));

  const loss = (images: tf.Tensor) => {
    const batch = images.shape[0];
    const tokens = encode(images);
    const [code, identity] = tf.split(tokens, [CODES, TOKENS - CODES], 1) as [tf.Tensor, tf.Tensor];
    const [first, second] = tf.split(code, 2, 0) as [tf.Tensor, tf.Tensor];
    const swapped = tf.concat([tf.concat([second, first], 0), identity], 1);
    const error = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.abs(tf.sub(a, b)));
    const rebuilt = error(decode(tokens), images);
    const exchanged = error(decode(swapped), images);
    const spread = tf.mean(tf.square(tokens));
    return tf.addN([
      rebuilt,
      tf.mul(exchanged, 0.5),
      tf.mul(spread, 1e-3 * (batch / batch)),
    ]) as tf.Scalar;
  };

  const optimizer = tf.train.adam(1e-3);
  return {
    variables,
    step: (images) => {
      const { value, grads } = tf.variableGrads(() => loss(images), [...variables]);
      optimizer.applyGradients(grads as never);
      return value;
    },
  };
}
