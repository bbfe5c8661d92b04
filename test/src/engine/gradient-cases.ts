import * as tf from "@tensorflow/tfjs-core";
import { groupNorm, silu } from "#src/engine/index.ts";
import { noise } from "./agreement.ts";

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T4 = tf.Tensor4D;
/** A function of tensors, by position. */
export type Fn = (...inputs: tf.Tensor[]) => tf.Tensor;

const x = (...shape: number[]) => noise(11, shape);
const y = (...shape: number[]) => noise(22, shape);
const positive = (...shape: number[]) => tf.add(tf.abs(noise(33, shape)), 0.3);
const indices = tf.tensor1d([2, 0, 2, 1], "int32");
const upsample = (a: tf.Tensor, size: [number, number]) =>
  tf.image.resizeNearestNeighbor(a as T4, size);

/** Functions whose compiled gradients are compared with differences, and where. */
export const gradientCases: Readonly<Record<string, readonly [Fn, readonly tf.Tensor[]]>> = {
  "add, mul, sub, div with broadcasting": [
    (a, b) => tf.div(tf.mul(tf.add(a, b), tf.sub(a, b)), tf.add(tf.square(b), 1)),
    [x(2, 3, 4), y(4)],
  ],
  "pow, sqrt, rsqrt, log, exp": [
    (a) => tf.add(tf.pow(a, 1.7), tf.mul(tf.sqrt(a), tf.add(tf.rsqrt(a), tf.log(tf.exp(a))))),
    [positive(2, 5)],
  ],
  "pow of two tensors": [(a, b) => tf.pow(a, b), [positive(2, 4), y(2, 4)]],
  "tanh, sigmoid, softplus, erf": [
    (a) => tf.addN([tf.tanh(a), tf.sigmoid(a), tf.softplus(a), tf.erf(a)]),
    [x(2, 7)],
  ],
  "relu, leakyRelu, elu, abs, clip": [
    (a) =>
      tf.addN([tf.relu(a), tf.leakyRelu(a, 0.2), tf.elu(a), tf.abs(a), tf.clipByValue(a, -1, 0.5)]),
    [x(2, 7)],
  ],
  "gelu (erf) and SiLU": [
    (a) =>
      tf.add(
        tf.mul(tf.mul(a, 0.5), tf.add(tf.erf(tf.mul(a, Math.SQRT1_2)), 1)),
        tf.mul(a, tf.sigmoid(a)),
      ),
    [x(3, 5)],
  ],
  "log1p, expm1, reciprocal, sin, cos": [
    (a) => tf.addN([tf.log1p(a), tf.expm1(a), tf.reciprocal(a), tf.sin(a), tf.cos(a)]),
    [positive(2, 5)],
  ],
  "maximum, minimum, squaredDifference": [
    (a, b) => tf.addN([tf.maximum(a, b), tf.minimum(a, tf.mul(b, 2)), tf.squaredDifference(a, b)]),
    [x(2, 5), y(2, 5)],
  ],
  where: [
    (a, b) => tf.where(tf.greater(noise(5, [2, 5]), 0), tf.square(a), tf.mul(a, b)),
    [x(2, 5), y(2, 5)],
  ],
  "smooth L1": [
    (a, b) => {
      const distance = tf.abs(tf.sub(a, b));
      return tf.where(
        tf.less(distance, 1),
        tf.mul(tf.square(distance), 0.5),
        tf.sub(distance, 0.5),
      );
    },
    [x(3, 4), y(3, 4)],
  ],
  "sum, mean, moments": [
    (a) => tf.addN([tf.sum(a, [1, 2]), tf.mean(a, [1, 2]), tf.moments(a, [1, 2]).variance]),
    [x(2, 3, 4)],
  ],
  "max and min over an axis": [(a) => tf.add(tf.max(a, 1), tf.min(a, 1)), [x(3, 6)]],
  "product over an axis": [(a) => tf.prod(a, 1), [positive(2, 5)]],
  "cumsum, reversed and exclusive": [(a) => tf.mul(a, tf.cumsum(a, 1, true, true)), [x(2, 5)]],
  "softmax and log-softmax": [(a) => tf.add(tf.softmax(a), tf.logSoftmax(a)), [x(3, 5)]],
  "cross-entropy": [
    (a) => tf.neg(tf.sum(tf.mul(tf.oneHot(indices, 3), tf.logSoftmax(a)), -1)),
    [x(4, 3)],
  ],
  "KL of a normal posterior": [
    (m, v) => tf.mul(tf.sum(tf.sub(tf.add(tf.exp(v), tf.square(m)), tf.add(v, 1)), 1), 0.5),
    [x(3, 4), y(3, 4)],
  ],
  "HSIC of two codes": [
    (a, b) => {
      const gram = (z: tf.Tensor) =>
        tf.matMul(tf.sub(z, tf.mean(z, 0)), tf.sub(z, tf.mean(z, 0)), false, true);
      return tf.mean(tf.mul(gram(a), gram(b)));
    },
    [x(5, 3), y(5, 2)],
  ],
  "matMul in all transpositions": [
    (a, b) =>
      tf.addN([tf.matMul(a as T2, b as T2), tf.transpose(tf.matMul(b as T2, a as T2, true, true))]),
    [x(3, 4), y(4, 3)],
  ],
  attention: [
    (q, k, v) => {
      const heads = (z: tf.Tensor) => tf.transpose(tf.reshape(z, [2, 5, 2, 3]), [0, 2, 1, 3]);
      const weights = tf.softmax(tf.mul(tf.matMul(heads(q), heads(k), false, true), 0.5));
      return tf.reshape(tf.transpose(tf.matMul(weights, heads(v)), [0, 2, 1, 3]), [2, 5, 6]);
    },
    [x(2, 5, 6), y(2, 5, 6), noise(3, [2, 5, 6])],
  ],
  "layer norm": [
    (a, gamma, beta) => {
      const { mean, variance } = tf.moments(a, [-1], true);
      return tf.add(tf.mul(tf.mul(tf.sub(a, mean), tf.rsqrt(tf.add(variance, 1e-5))), gamma), beta);
    },
    [x(2, 3, 6), y(6), noise(3, [6])],
  ],
  "group norm": [
    (a, gamma) => {
      const grouped = tf.reshape(a, [2, 12, 2, 3]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      const normed = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.mul(tf.reshape(normed, [2, 4, 3, 6]), gamma);
    },
    [x(2, 4, 3, 6), y(6)],
  ],
  "fused SiLU": [(a) => silu(a), [x(3, 5)]],
  "fused group norm": [
    (a, gamma, beta) => groupNorm(a as T4, gamma as T1, beta as T1, { groups: 2 }),
    [x(2, 4, 3, 6), y(6), noise(3, [6])],
  ],
  "concat, split, slice, pad, stack": [
    (a, b) => {
      const joined = tf.concat([a, tf.square(b)], 1);
      const [left, right] = tf.split(joined, 2, 1) as [tf.Tensor, tf.Tensor];
      return tf.stack(
        [
          tf.pad(tf.slice(left, [0, 1], [2, 2]), [
            [0, 0],
            [1, 0],
          ]),
          tf.mul(right, left),
        ],
        1,
      );
    },
    [x(2, 3), y(2, 3)],
  ],
  "gather, tile, reverse, transpose, reshape": [
    (a) => tf.tile(tf.reverse(tf.gather(tf.transpose(tf.reshape(a, [4, 3])), indices), 0), [1, 2]),
    [x(2, 6)],
  ],
  "embedding look-up": [(table) => tf.square(tf.gather(table, indices)), [x(3, 4)]],
  "conv2d same": [(a, w) => tf.conv2d(a as T4, w as T4, 1, "same"), [x(2, 5, 6, 3), y(3, 3, 3, 4)]],
  "conv2d valid, even filter": [
    (a, w) => tf.conv2d(a as T4, w as T4, 1, "valid"),
    [x(2, 5, 6, 3), y(2, 4, 3, 3)],
  ],
  "conv2d 1x1": [(a, w) => tf.conv2d(a as T4, w as T4, 1, "same"), [x(2, 3, 4, 5), y(1, 1, 5, 2)]],
  "conv2d to one channel": [
    (a, w) => tf.conv2d(a as T4, w as T4, 1, "same"),
    [x(2, 5, 4, 6), y(3, 3, 6, 1)],
  ],
  "conv2d from one channel": [
    (a, w) => tf.conv2d(a as T4, w as T4, 1, "same"),
    [x(2, 5, 4, 1), y(3, 3, 1, 6)],
  ],
  "conv2d wide": [(a, w) => tf.conv2d(a as T4, w as T4, 1, "same"), [x(2, 4, 5, 8), y(3, 3, 8, 8)]],
  "conv2d explicit padding, wide": [
    (a, w) =>
      tf.conv2d(a as T4, w as T4, 1, [
        [0, 0],
        [2, 1],
        [0, 2],
        [0, 0],
      ]),
    [x(2, 4, 5, 6), y(3, 3, 6, 6)],
  ],
  "conv2d stride 2, even and odd sizes": [
    (a, w) => tf.conv2d(a as T4, w as T4, 2, "same"),
    [x(2, 6, 5, 3), y(3, 3, 3, 4)],
  ],
  "conv2d stride 2 valid, leftover row": [
    (a, w) => tf.conv2d(a as T4, w as T4, 2, "valid"),
    [x(2, 6, 8, 3), y(3, 3, 3, 2)],
  ],
  "conv2d 5x5": [(a, w) => tf.conv2d(a as T4, w as T4, 1, "same"), [x(2, 6, 6, 4), y(5, 5, 4, 4)]],
  "transposed convolution": [
    (a, w) => tf.conv2dTranspose(a as T4, w as T4, [2, 8, 6, 2], 2, "same"),
    [x(2, 4, 3, 3), y(3, 3, 2, 3)],
  ],
  "depthwise convolution": [
    (a, w) => tf.depthwiseConv2d(a as T4, w as T4, 1, "same"),
    [x(2, 5, 6, 3), y(3, 3, 3, 1)],
  ],
  "depthwise convolution, stride 2, multiplier 2": [
    (a, w) => tf.depthwiseConv2d(a as T4, w as T4, 2, "same"),
    [x(2, 6, 5, 2), y(3, 3, 2, 2)],
  ],
  "average pooling": [(a) => tf.avgPool(a as T4, 2, 2, "valid"), [x(2, 4, 6, 3)]],
  "average pooling, overlapping, padded": [
    (a) => tf.avgPool(a as T4, 3, 2, "same"),
    [x(2, 5, 6, 3)],
  ],
  "average pooling, sliding": [(a) => tf.avgPool(a as T4, 3, 1, "valid"), [x(2, 5, 6, 2)]],
  "max pooling": [(a) => tf.maxPool(a as T4, 2, 2, "valid"), [x(2, 4, 6, 3)]],
  "max pooling, overlapping": [(a) => tf.maxPool(a as T4, 3, 2, "same"), [x(2, 5, 6, 2)]],
  "nearest resize by 2": [(a) => upsample(a, [6, 8]), [x(3, 3, 4, 2)]],
  "nearest resize by 3 and 2": [(a) => upsample(a, [9, 8]), [x(2, 3, 4, 2)]],
  "nearest resize to odd sizes": [(a) => upsample(a, [5, 7]), [x(2, 3, 4, 2)]],
  "bilinear resize": [(a) => tf.image.resizeBilinear(a as T4, [5, 7]), [x(2, 3, 4, 2)]],
  "bilinear resize, corners aligned": [
    (a) => tf.image.resizeBilinear(a as T4, [6, 7], true),
    [x(2, 3, 4, 2)],
  ],
  "SSIM's windowed variances": [
    (a, b) => {
      const blur = (z: tf.Tensor) =>
        tf.conv2d(z as T4, tf.fill<tf.Rank.R4>([3, 3, 1, 1], 1 / 9), 1, "valid");
      const [meanA, meanB] = [blur(a), blur(b)];
      const covariance = tf.sub(blur(tf.mul(a, b)), tf.mul(meanA, meanB));
      const variances = tf.sub(
        blur(tf.add(tf.square(a), tf.square(b))),
        tf.add(tf.square(meanA), tf.square(meanB)),
      );
      return tf.div(tf.add(tf.mul(covariance, 2), 0.1), tf.add(variances, 0.1));
    },
    [x(2, 5, 5, 1), y(2, 5, 5, 1)],
  ],

  "asinh, acosh, atanh, atan2": [
    (a, b) =>
      tf.addN([
        tf.asinh(a),
        tf.acosh(tf.add(tf.abs(a), 1.5)),
        tf.atanh(tf.mul(tf.tanh(a), 0.9)),
        tf.atan2(a, b),
      ]),
    [x(2, 5), positive(2, 5)],
  ],
  "relu6, selu, prelu": [
    (a, b) => tf.addN([tf.relu6(tf.mul(a, 3)), tf.selu(a), tf.prelu(a, b)]),
    [x(3, 7), y(7)],
  ],
  "tan, asin, acos, atan, sinh, cosh": [
    (a) => {
      const unit = tf.mul(tf.tanh(a), 0.7);
      return tf.addN([
        tf.tan(unit),
        tf.asin(unit),
        tf.acos(unit),
        tf.atan(a),
        tf.sinh(a),
        tf.cosh(a),
      ]);
    },
    [x(2, 5)],
  ],
  "mod and floorDiv between the jumps": [
    (a) => tf.add(tf.mod(a, 10), tf.mul(tf.cast(tf.floorDiv(a, tf.scalar(10)), "float32"), a)),
    [positive(2, 5)],
  ],
  "mirrored edges": [
    (a) =>
      tf.mirrorPad(
        a,
        [
          [0, 0],
          [2, 1],
          [1, 2],
        ],
        "reflect",
      ),
    [x(2, 4, 3)],
  ],
  "strided slices, backwards too": [
    (a) =>
      tf.concat(
        [tf.stridedSlice(a, [0, 1], [3, 6], [2, 2]), tf.stridedSlice(a, [2, 5], [0, 2], [-1, -1])],
        1,
      ),
    [x(3, 6)],
  ],
  "depth to space, mirror image": [
    (a) => tf.image.flipLeftRight(tf.depthToSpace(a as T4, 2)),
    [x(2, 3, 2, 8)],
  ],
  "space to batch and back": [
    (a) =>
      tf.batchToSpaceND(
        tf.square(
          tf.spaceToBatchND(
            a,
            [2, 2],
            [
              [1, 1],
              [0, 0],
            ],
          ),
        ),
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    [x(2, 4, 6, 3)],
  ],
  "the largest": [
    (a) => tf.square(tf.topk(a, 2).values),
    [tf.tensor2d([3, 1, 2, -1, 0.5, 7], [2, 3])],
  ],
  "gather and scatter by position": [
    (a, b) => {
      const places = tf.tensor2d([1, 2, 0, 1, 1, 2], [3, 2], "int32");
      return tf.add(
        tf.sum(tf.square(tf.gatherND(a, places))),
        tf.square(tf.scatterND(places, b, [3, 4])),
      );
    },
    [x(3, 4), y(3)],
  ],
  "gather within each batch": [
    (a) => {
      const places = tf.tensor2d([0, 2, 1, 1], [2, 2], "int32");
      const behind = tf.gather(tf.transpose(a, [0, 2, 1]), places, 2, 1);
      return tf.add(tf.square(tf.gather(a, places, 1, 1)), tf.transpose(behind, [0, 2, 1]));
    },
    [x(2, 3, 2)],
  ],
  "running product, zeros among its factors": [
    (a) => tf.add(tf.cumprod(a, 1), tf.cumprod(a, 1, true, true)),
    [tf.mul(x(2, 4), tf.tensor1d([1, 0, 1, 1]))],
  ],
  "sums by Einstein's convention": [
    (q, k) => tf.einsum("bqhd,bkhd->bhqk", q, k),
    [x(2, 3, 2, 4), y(2, 5, 2, 4)],
  ],
  "an Einstein sum over a letter of one operand alone": [
    (a) => tf.square(tf.einsum("ij->i", a)),
    [x(2, 3)],
  ],
  "batch norm with given statistics": [
    (a, mean, variance, offset, scale) => {
      const spread = tf.add<T1>(tf.square(variance), 0.5);
      return tf.batchNorm(a as T4, mean as T1, spread, offset as T1, scale as T1);
    },
    [x(2, 3, 4, 3), y(3), noise(3, [3]), noise(4, [3]), noise(5, [3])],
  ],
  "new axes, layers taken apart, sums by segment": [
    (a) => {
      const [first, second] = tf.unstack(tf.expandDims(tf.square(a), 1), 2) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const sums = tf.unsortedSegmentSum(a, tf.tensor1d([1, 0, 1], "int32"), 2);
      return tf.add(tf.mul(first, second), tf.sum(tf.square(sums)));
    },
    [x(3, 2)],
  ],
};
