import * as tf from "@tensorflow/tfjs-core";

/**
 * SiLU, x * sigmoid(x) (Elfwing et al. 2018, arXiv:1702.03118, eq. 2), with its gradient written out:
 * dy (s + y (1 - s)) for s = sigmoid(x), y = silu(x). Four passes over memory instead of the six that tf.js's composed
 * gradient takes.
 */
export function silu<T extends tf.Tensor>(x: T): T {
  const run = tf.customGrad((input, save) => {
    const gate = tf.sigmoid(input as tf.Tensor);
    const value = tf.mul(input as tf.Tensor, gate);
    (save as tf.GradSaveFunc)([gate, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [s, y] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s))));
      },
    };
  });
  return run(x) as T;
}

/**
 * Group normalisation (Wu and He 2018, arXiv:1803.08494, eq. 1, 3, 7) of [B, H, W, C] over H, W and the channels of each
 * group, then gamma x + beta per channel. The gradient is written out: what tf.js composes passes over memory about
 * three times as often.
 *
 * @param gamma Scales, shape [C].
 * @param beta Shifts, shape [C].
 * @param options `groups` must divide C; `epsilon` is added to the variance, 1e-5 when omitted.
 */
export function groupNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { groups, epsilon = 1e-5 }: { readonly groups: number; readonly epsilon?: number },
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (channels % groups !== 0) {
    throw new RangeError(`groupNorm: ${groups} groups do not divide ${channels} channels.`);
  }
  const size = (height * width * channels) / groups;
  const grouped = [batch, height * width, groups, channels / groups];
  const perChannel = (vector: tf.Tensor) => tf.reshape(vector, [1, 1, groups, channels / groups]);

  const run = tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const rows = tf.reshape(input, grouped);
    const centred = tf.sub(rows, tf.mean(rows, [1, 3], true));
    const variance = tf.mean(tf.square(centred), [1, 3], true);
    const inverse = tf.rsqrt(tf.add(variance, epsilon)); // [B, 1, G, 1]
    const normed = tf.mul(centred, tf.mul(inverse, perChannel(scale)));
    const value = tf.reshape(tf.add(normed, perChannel(shift)), x.shape);
    save([centred, inverse, scale]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [c, r, g] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const dRows = tf.reshape(dy, grouped);
        // Sums over positions, [B, 1, G, C/G]: all that follows is small until the last line.
        const alongC = tf.mul(tf.sum(tf.mul(dRows, c), 1, true), r);
        const along1 = tf.sum(dRows, 1, true);
        const meanOf = (sums: tf.Tensor) =>
          tf.div(tf.sum(tf.mul(sums, perChannel(g)), 3, true), size); // [B, 1, G, 1]
        const slope = tf.mul(tf.square(r), meanOf(alongC));
        const offset = tf.mul(r, meanOf(along1));
        const direct = tf.mul(dRows, tf.mul(r, perChannel(g)));
        const dx = tf.sub(direct, tf.add(tf.mul(c, slope), offset));
        return [
          tf.reshape(dx, x.shape),
          tf.reshape(tf.sum(alongC, 0), [channels]),
          tf.reshape(tf.sum(along1, 0), [channels]),
        ];
      },
    };
  });
  return run(x, gamma, beta) as tf.Tensor4D;
}
