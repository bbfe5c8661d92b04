import * as tf from "@tensorflow/tfjs-core";
import { noise } from "./agreement.ts";

type T4 = tf.Tensor4D;

const CHANNELS = 8;

/** A small U-Net autoencoder: strided convolutions, group norm, SiLU, attention at the bottom, skips, SSIM-like loss. */
export function makeUNet(): { step: (images: tf.Tensor) => tf.Scalar; variables: tf.Variable[] } {
  const variables: tf.Variable[] = [];
  const parameter = (shape: number[], fill?: number) => {
    const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const values =
      fill === undefined
        ? tf.mul(noise(variables.length, shape), Math.sqrt(1 / fanIn))
        : tf.fill(shape, fill);
    const variable = tf.variable(values);
    variables.push(variable);
    return variable;
  };
  const conv = (from: number, to: number, stride = 1) => {
    const [w, b] = [parameter([3, 3, from, to]), parameter([to], 0)];
    return (x: tf.Tensor) => tf.add(tf.conv2d(x as T4, w as unknown as T4, stride, "same"), b);
  };
  const norm = (channels: number) => {
    const [gamma, beta] = [parameter([channels], 1), parameter([channels], 0)];
    return (x: tf.Tensor) => {
      const [b, h, w, c] = x.shape as [number, number, number, number];
      const grouped = tf.reshape(x, [b, h * w, 4, c / 4]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      const normed = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(tf.reshape(normed, [b, h, w, c]), gamma), beta);
    };
  };
  const silu = (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x));
  const attention = (width: number) => {
    const [qkv, out] = [parameter([width, 3 * width]), parameter([width, width])];
    return (x: tf.Tensor) => {
      const [b, h, w, c] = x.shape as [number, number, number, number];
      const rows = tf.reshape<tf.Rank.R2>(x, [b * h * w, c]);
      const heads = tf
        .split(tf.matMul(rows, qkv as unknown as tf.Tensor2D), 3, 1)
        .map((part) => tf.transpose(tf.reshape(part, [b, h * w, 2, c / 2]), [0, 2, 1, 3]));
      const [q, k, v] = heads as [tf.Tensor, tf.Tensor, tf.Tensor];
      const mixed = tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), (c / 2) ** -0.5)), v);
      const joined = tf.reshape<tf.Rank.R2>(tf.transpose(mixed, [0, 2, 1, 3]), [b * h * w, c]);
      return tf.add(x, tf.reshape(tf.matMul(joined, out as unknown as tf.Tensor2D), x.shape));
    };
  };

  const [enter, down] = [conv(1, CHANNELS), conv(CHANNELS, 2 * CHANNELS, 2)];
  const [norm1, norm2, norm3] = [norm(CHANNELS), norm(2 * CHANNELS), norm(2 * CHANNELS)];
  const [middle, attend] = [conv(2 * CHANNELS, 2 * CHANNELS), attention(2 * CHANNELS)];
  const [up, leave] = [conv(2 * CHANNELS, CHANNELS), conv(2 * CHANNELS, 1)];
  const forward = (images: tf.Tensor) => {
    const fine = silu(norm1(enter(images)));
    const coarse = attend(tf.add(middle(silu(norm2(down(fine)))), 0));
    const [, h, w] = images.shape as [number, number, number, number];
    const wide = up(tf.image.resizeNearestNeighbor(norm3(coarse) as T4, [h, w]));
    return leave(tf.concat([fine, wide], 3));
  };
  const loss = (images: tf.Tensor) => {
    const error = tf.sub(forward(images), images);
    const pooled = tf.avgPool(error as T4, 2, 2, "valid");
    return tf.add<tf.Scalar>(tf.mean(tf.square(error)), tf.mean(tf.abs(pooled)));
  };
  const optimizer = tf.train.adam(2e-3);
  return {
    variables,
    step: (images) => {
      const { value, grads } = tf.variableGrads(() => loss(images), variables);
      optimizer.applyGradients(grads as never);
      return value;
    },
  };
}
