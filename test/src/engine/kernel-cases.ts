import * as tf from "@tensorflow/tfjs-core";
import type { Tensors } from "./agreement.ts";
import { noise, wholes } from "./agreement.ts";

type Rank2 = tf.Tensor2D;
type Rank4 = tf.Tensor4D;

/** Something to compute on tf.js's cpu backend and compiled. Fresh tensors each time. */
export interface KernelCase {
  readonly fn: (inputs: Tensors) => Tensors;
  readonly inputs: Tensors;
  readonly tolerance: number | undefined;
}

function kernelCase(fn: KernelCase["fn"], inputs: Tensors, tolerance?: number): KernelCase {
  return { fn, inputs, tolerance };
}

/** What the compiled kernels are compared on; docs/engine-coverage.md is read off these. */
export const kernelCases: Readonly<Record<string, () => KernelCase>> = {
  "numbers beside images of one channel, and their means": () => {
    const shape = [2, 3, 4, 1];
    const inputs = { x: noise(1, shape), y: noise(2, shape), one: noise(3, []) };
    return kernelCase(({ x, y, one }) => {
      const bright = tf.greater(x!, 0);
      return {
        step: tf.step(x!, -1),
        below: tf.sub(1, x!),
        scaled: tf.mul(x!, one!),
        where: tf.where(bright, tf.mul(y!, 2), tf.onesLike(y!)),
        mean: tf.mean(x!),
        kept: tf.sum(x!, [0, 1, 2], true),
        rows: tf.max(x!, [1, 2]),
        count: tf.sum(bright),
      };
    }, inputs);
  },
  "elementwise functions of one tensor": () => {
    const x = tf.mul(noise(1, [2, 3, 5]), 2);
    const positive = tf.add(tf.abs(x), 0.1);
    const unit = tf.tanh(x);
    return kernelCase(
      ({ x, positive, unit }) => ({
        abs: tf.abs(x!),
        neg: tf.neg(x!),
        sign: tf.sign(x!),
        square: tf.square(x!),
        relu: tf.relu(x!),
        relu6: tf.relu6(tf.mul(x!, 4)),
        clip: tf.clipByValue(x!, -0.5, 0.75),
        step: tf.step(x!, 0.25),
        floor: tf.floor(x!),
        ceil: tf.ceil(x!),
        round: tf.round(x!),
        exp: tf.exp(x!),
        expm1: tf.expm1(x!),
        tiny: tf.expm1(tf.mul(x!, 1e-6)),
        log: tf.log(positive!),
        log1p: tf.log1p(positive!),
        small: tf.log1p(tf.mul(x!, 1e-7)),
        sqrt: tf.sqrt(positive!),
        rsqrt: tf.rsqrt(positive!),
        reciprocal: tf.reciprocal(positive!),
        sigmoid: tf.sigmoid(x!),
        logSigmoid: tf.logSigmoid(x!),
        softplus: tf.softplus(tf.mul(x!, 10)),
        tanh: tf.tanh(x!),
        erf: tf.erf(x!),
        elu: tf.elu(x!),
        selu: tf.selu(x!),
        leakyRelu: tf.leakyRelu(x!, 0.3),
        sin: tf.sin(x!),
        cos: tf.cos(x!),
        tan: tf.tan(unit!),
        asin: tf.asin(unit!),
        acos: tf.acos(unit!),
        atan: tf.atan(x!),
        sinh: tf.sinh(x!),
        cosh: tf.cosh(x!),
        finite: tf.isFinite(tf.div(x!, tf.relu(x!))),
        infinite: tf.isInf(tf.div(x!, tf.relu(x!))),
        nan: tf.isNaN(tf.log(x!)),
        zeros: tf.zerosLike(x!),
        ones: tf.onesLike(x!),
      }),
      { x, positive, unit },
      3e-6,
    );
  },

  "elementwise functions of two tensors, whichever broadcasts": () => {
    return kernelCase(
      ({ a, b, row, column }) => ({
        add: tf.add(a!, row!),
        sub: tf.sub(row!, a!),
        mul: tf.mul(column!, a!),
        both: tf.mul(column!, row!),
        div: tf.div(a!, tf.add(tf.abs(row!), 1)),
        maximum: tf.maximum(a!, b!),
        minimum: tf.minimum(a!, column!),
        squaredDifference: tf.squaredDifference(a!, b!),
        pow: tf.pow(tf.abs(a!), b!),
        square: tf.pow(a!, 2),
        root: tf.pow(tf.abs(a!), 0.5),
        mod: tf.mod(a!, 0.7),
        floorDiv: tf.floorDiv(a!, tf.scalar(0.3)),
        prelu: tf.prelu(a!, row!),
        scalar: tf.add(tf.mul(a!, 1), 0),
      }),
      {
        a: noise(2, [4, 3, 5]),
        b: noise(3, [4, 3, 5]),
        row: noise(4, [5]),
        column: noise(5, [4, 1, 1]),
      },
    );
  },

  "whole numbers: arithmetic, remainders of negative ones, casts": () => {
    return kernelCase(
      ({ a, b, x }) => ({
        add: tf.add(a!, b!),
        sub: tf.sub(a!, b!),
        mul: tf.mul(a!, b!),
        mod: tf.mod(a!, b!),
        floorDiv: tf.floorDiv(a!, b!),
        maximum: tf.maximum(a!, b!),
        abs: tf.abs(a!),
        neg: tf.neg(a!),
        sum: tf.sum(a!, 0),
        max: tf.max(a!, 1),
        float: tf.cast(a!, "float32"),
        truncated: tf.cast(tf.mul(x!, 10), "int32"),
        truth: tf.cast(a!, "bool"),
        fromTruth: tf.cast(tf.greater(x!, 0), "float32"),
        mixed: tf.mul(a!, x!),
        clip: tf.clipByValue(a!, -2, 3),
      }),
      { a: wholes(1, [3, 4], -9, 10), b: wholes(2, [3, 4], 1, 5), x: noise(1, [3, 4]) },
    );
  },

  "comparisons, logic and choices": () => {
    return kernelCase(
      ({ a, b, n, truth }) => ({
        equal: tf.equal(n!, 1),
        notEqual: tf.notEqual(n!, 1),
        greater: tf.greater(a!, b!),
        greaterEqual: tf.greaterEqual(n!, 2),
        less: tf.less(a!, b!),
        lessEqual: tf.lessEqual(n!, tf.scalar(0, "int32")),
        and: tf.logicalAnd(truth!, tf.greater(a!, b!)),
        or: tf.logicalOr(truth!, tf.greater(a!, b!)),
        xor: tf.logicalXor(truth!, tf.greater(a!, b!)),
        not: tf.logicalNot(truth!),
        sameTruth: tf.equal(truth!, tf.greater(a!, b!)),
        where: tf.where(truth!, a!, b!),
        whereScalar: tf.where(truth!, a!, tf.scalar(-1)),
        whereWhole: tf.where(truth!, n!, tf.zerosLike(n!)),
        any: tf.any(truth!, 1),
        all: tf.all(truth!, 0, true),
      }),
      {
        a: noise(1, [3, 4]),
        b: noise(2, [3, 4]),
        n: wholes(3, [3, 4], 0, 3),
        truth: tf.cast(wholes(4, [3, 4], 0, 2), "bool"),
      },
    );
  },

  "reductions over any axes, softmaxes, positions": () => {
    return kernelCase(
      ({ x }) => ({
        sum: tf.sum(x!),
        sumAxis: tf.sum(x!, [1, 3]),
        sumKept: tf.sum(x!, [0, 2], true),
        mean: tf.mean(x!, -1),
        meanKept: tf.mean(x!, [1, 2], true),
        variance: tf.moments(x!, [1, 2, 3]).variance,
        max: tf.max(x!, 2),
        min: tf.min(x!, [0, 3]),
        prod: tf.prod(x!, 1),
        argMax: tf.argMax(x!, 1),
        argMin: tf.argMin(x!, -1),
        softmax: tf.softmax(x!),
        logSoftmax: tf.logSoftmax(x!, -1),
        logSumExp: tf.logSumExp(x!, [1]),
        norm: tf.norm(x!, "euclidean", [1, 2]),
        sumOfBroadcast: tf.sum(tf.mul(tf.mean(x!, [1], true), tf.ones([2, 3, 4, 5])), [1, 2]),
        meanOfRow: tf.mean(tf.broadcastTo(tf.sum(x!, [0, 1, 2]), [3, 5]), 0),
      }),
      { x: noise(6, [2, 3, 4, 5]) },
    );
  },

  "matrix products: transposed, batched, broadcast, of transposed tensors": () => {
    return kernelCase(
      ({ a, b, p, q, v }) => ({
        plain: tf.matMul(a as Rank2, b as Rank2),
        left: tf.matMul(tf.transpose(a!), b as Rank2, true),
        right: tf.matMul(a as Rank2, tf.transpose(b!), false, true),
        batched: tf.matMul(p!, q!),
        batchedRight: tf.matMul(p!, tf.transpose(q!, [0, 2, 1]), false, true),
        broadcast: tf.matMul(p!, b!),
        heads: tf.matMul(
          tf.transpose(tf.reshape(p!, [2, 3, 2, 2]), [0, 2, 1, 3]),
          tf.transpose(tf.reshape(p!, [2, 3, 2, 2]), [0, 2, 3, 1]),
        ),
        dot: tf.dot(v!, v!),
        fused: tf.fused.matMul({
          a: a as Rank2,
          b: b as Rank2,
          bias: tf.ones([5]),
          activation: "relu",
        }),
      }),
      {
        a: noise(1, [3, 4]),
        b: noise(2, [4, 5]),
        p: noise(3, [2, 3, 4]),
        q: noise(4, [2, 4, 5]),
        v: noise(5, [6]),
      },
    );
  },

  "moving, joining, cutting and repeating": () => {
    return kernelCase(
      ({ x, y, n }) => ({
        reshape: tf.reshape(x!, [6, -1]),
        transposed: tf.reshape(tf.transpose(x!, [2, 0, 1]), [4, 6]),
        expandDims: tf.expandDims(x!, 1),
        squeeze: tf.squeeze(tf.expandDims(x!, -1)),
        concat: tf.concat([x!, y!, x!], 1),
        stack: tf.stack([x!, y!], 2),
        unstack: tf.unstack(x!, 1)[2]!,
        split: tf.split(x!, [1, 3], 2)[1]!,
        halves: tf.split(x!, 2, 0)[1]!,
        slice: tf.slice(x!, [0, 1, 1], [2, 2, -1]),
        sliceOfRows: tf.slice(x!, 1, 1),
        sliceToTheEnd: tf.slice(x!, [1, 1]),
        strided: tf.stridedSlice(x!, [0, 2, 3], [2, 0, 0], [1, -1, -2]),
        reverse: tf.reverse(x!, [0, 2]),
        pad: tf.pad(
          x!,
          [
            [0, 1],
            [2, 0],
            [1, 1],
          ],
          0.5,
        ),
        mirror: tf.mirrorPad(
          x!,
          [
            [0, 0],
            [1, 1],
            [0, 2],
          ],
          "reflect",
        ),
        tile: tf.tile(x!, [1, 2, 3]),
        tileColumn: tf.tile(tf.sum(x!, 2, true), [1, 1, 4]),
        broadcastTo: tf.broadcastTo(tf.mean(x!, 0, true), [5, 3, 4]),
        gather: tf.gather(x!, tf.reshape<tf.Rank.R1>(n!, [4]), 1),
        gatherRows: tf.gather(x!, tf.tensor([1, 0, 1], [3], "int32")),
        fill: tf.fill([2, 2], 3),
        eye: tf.mul(tf.eye(4), tf.sum(x!, [0, 1])),
        range: tf.add(tf.range(0, 4), tf.sum(x!, [0, 1])),
        linSpace: tf.mul(tf.linspace(-1, 2, 4), tf.sum(x!, [0, 1])),
        addN: tf.addN([x!, y!, x!]),
      }),
      { x: noise(1, [2, 3, 4]), y: noise(2, [2, 3, 4]), n: wholes(3, [2, 2], 0, 3) },
    );
  },

  "one-hot codes, look-ups by matrix of indices, segment sums, running sums and products": () => {
    return kernelCase(
      ({ n, table, x, ids }) => ({
        oneHot: tf.oneHot(n as tf.Tensor1D, 4),
        soft: tf.oneHot(n as tf.Tensor1D, 4, 0.9, 0.1),
        embedding: tf.gather(table!, tf.reshape<tf.Rank.R2>(n!, [3, 2])),
        segments: tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 4),
        cumsum: tf.cumsum(x!, 1),
        cumsumReversed: tf.cumsum(x!, 0, true, true),
        cumprod: tf.cumprod(x!, 0),
        cumprodReversed: tf.cumprod(x!, 1, true, true),
      }),
      {
        n: wholes(1, [6], 0, 4),
        table: noise(2, [4, 3]),
        x: noise(3, [7, 3]),
        ids: tf.tensor([3, 0, -1, 3, 1, 4, 0], [7], "int32"),
      },
    );
  },

  "convolutions: sizes, strides, paddings, dilations, depthwise": () => {
    return kernelCase(
      ({ x, w, one, large, deep }) => {
        const image = x as Rank4;
        return {
          same: tf.conv2d(image, w as Rank4, 1, "same"),
          valid: tf.conv2d(image, w as Rank4, 1, "valid"),
          strided: tf.conv2d(image, w as Rank4, 2, "same"),
          unequal: tf.conv2d(image, w as Rank4, [2, 1], "valid"),
          explicit: tf.conv2d(image, w as Rank4, 1, [
            [0, 0],
            [2, 1],
            [0, 1],
            [0, 0],
          ]),
          dilated: tf.conv2d(image, w as Rank4, 1, "same", "NHWC", 2),
          pointwise: tf.conv2d(image, one as Rank4, 1, "same"),
          large: tf.conv2d(image, large as Rank4, 1, "same"),
          transposed: tf.conv2dTranspose(
            image,
            tf.transpose(w as Rank4, [0, 1, 3, 2]),
            [2, 16, 14, 4],
            2,
            "same",
          ),
          depthwise: tf.depthwiseConv2d(image, deep as Rank4, 1, "same"),
          depthwiseStrided: tf.depthwiseConv2d(image, deep as Rank4, 2, "valid"),
          chained: tf.conv2d(
            tf.relu(tf.add(tf.conv2d(image, one as Rank4, 1, "same"), 0.1)),
            one as Rank4,
            1,
            "same",
          ),
          fused: tf.fused.conv2d({
            x: image,
            filter: w as Rank4,
            strides: 1,
            pad: "same",
            bias: tf.ones([4]),
            activation: "relu",
          }),
        };
      },
      {
        x: noise(1, [2, 8, 7, 3]),
        w: noise(2, [3, 3, 3, 4]),
        one: noise(3, [1, 1, 3, 3]),
        large: noise(4, [5, 4, 3, 2]),
        deep: noise(5, [3, 3, 3, 2]),
      },
      2e-5,
    );
  },

  "pooling and resizing": () => {
    return kernelCase(
      ({ x }) => {
        const image = x as Rank4;
        return {
          avg: tf.avgPool(image, 2, 2, "valid"),
          avgSame: tf.avgPool(image, 3, 2, "same"),
          avgWindow: tf.avgPool(image, 3, 1, "valid"),
          max: tf.maxPool(image, 2, 2, "valid"),
          maxSame: tf.maxPool(image, 3, 2, "same"),
          nearest: tf.image.resizeNearestNeighbor(image, [12, 16]),
          nearestOdd: tf.image.resizeNearestNeighbor(image, [9, 5]),
          nearestAligned: tf.image.resizeNearestNeighbor(image, [11, 13], true),
          nearestCentred: tf.image.resizeNearestNeighbor(image, [4, 5], false, true),
          bilinear: tf.image.resizeBilinear(image, [12, 16]),
          bilinearSmall: tf.image.resizeBilinear(image, [4, 3]),
          bilinearAligned: tf.image.resizeBilinear(image, [11, 13], true),
          bilinearCentred: tf.image.resizeBilinear(image, [11, 13], false, true),
        };
      },
      { x: noise(1, [2, 6, 8, 3]) },
    );
  },

  "inverse hyperbolic functions and angles, signs of zero and infinities too": () => {
    const infinite = Infinity;
    const values = [0, -0, 1, -1, 2.5, -0.3, infinite, -infinite];
    return kernelCase(
      ({ x, unit, a, b }) => ({
        asinh: tf.asinh(x!),
        acosh: tf.acosh(tf.add(tf.abs(x!), 1)),
        atanh: tf.atanh(unit!),
        atan2: tf.atan2(x!, unit!),
        everySide: tf.atan2(a!, b!),
      }),
      {
        x: noise(1, [2, 3, 5]),
        unit: tf.tanh(noise(2, [2, 3, 5])),
        a: tf.tensor(
          values.flatMap((value) => values.map(() => value)),
          [2, 32],
        ),
        b: tf.tensor(
          values.flatMap(() => values),
          [2, 32],
        ),
      },
      3e-6,
    );
  },
  "space to batch, depth to space, mirrored images": () =>
    kernelCase(
      ({ x, deep, many }) => ({
        toBatch: tf.spaceToBatchND(
          x!,
          [2, 3],
          [
            [1, 1],
            [0, 1],
          ],
        ),
        toSpace: tf.batchToSpaceND(
          many!,
          [2, 2],
          [
            [1, 0],
            [0, 2],
          ],
        ),
        depth: tf.depthToSpace(deep as Rank4, 2),
        flipped: tf.image.flipLeftRight(x as Rank4),
        reversedRows: tf.reverse(x!, 1),
        reversedLast: tf.reverse(x!, -1),
        pooled: tf.pool(x as Rank4, 2, "max", "same", 2),
      }),
      { x: noise(1, [2, 4, 5, 3]), deep: noise(2, [2, 3, 2, 8]), many: noise(3, [8, 3, 4, 2]) },
    ),
  "addressing by position": () =>
    kernelCase(
      ({ x, pairs, updates, each, rows, sorted, values, votes, weights }) => {
        const top = tf.topk(x!, 3);
        return {
          gatherNd: tf.gatherND(x!, pairs!),
          scatterNd: tf.scatterND(pairs!, updates!, [4, 5]),
          // On a copy: tf.js's cpu kernel writes into its input.
          update: tf.tensorScatterUpdate(
            tf.add(x!, 1),
            tf.slice(pairs!, [1, 0]),
            tf.slice(updates!, 1),
          ),
          batches: tf.gather(x!, each!, 1, 1),
          batchesBehind: tf.gather(rows!, each!, 2, 1),
          top: top.values,
          places: top.indices,
          left: tf.searchSorted(sorted!, values!, "left"),
          right: tf.searchSorted(sorted!, values!, "right"),
          counts: tf.bincount(votes as tf.Tensor1D, tf.tensor1d([]), 4),
          weighted: tf.bincount(votes as tf.Tensor1D, weights as tf.Tensor1D, 4),
          perRow: tf.denseBincount(
            tf.reshape<tf.Rank.R2>(votes!, [2, 3]),
            tf.tensor2d([], [0, 0]),
            3,
          ),
          diagonal: tf.diag(tf.reshape(weights!, [2, 3])),
          and: tf.engine().runKernel<tf.Tensor>("BitwiseAnd", {
            a: votes!,
            b: tf.tensor1d([1, 2, 3, 1, 2, 3], "int32"),
          }),
        };
      },
      {
        x: noise(1, [4, 5]),
        pairs: tf.tensor([1, 2, 3, 0, 1, 2, 0, 4], [4, 2], "int32"),
        updates: noise(2, [4]),
        each: wholes(3, [4, 2], 0, 3),
        rows: noise(4, [4, 2, 3, 2]),
        sorted: tf.tensor2d([
          [-1, 0, 0.5, 2],
          [0, 1, 1, 3],
        ]),
        values: tf.tensor2d([
          [-2, 0, 3],
          [1, 0.2, 1.5],
        ]),
        votes: tf.tensor([0, 2, 1, 2, 2, 0], [6], "int32"),
        weights: noise(5, [6]),
      },
    ),
  "sums by Einstein's convention": () =>
    kernelCase(
      ({ a, b, q, k }) => ({
        product: tf.einsum("ij,jk->ik", a!, b!),
        turned: tf.einsum("ij,jk->ki", a!, b!),
        outer: tf.einsum("ij,kl->ijkl", a!, b!),
        rows: tf.einsum("ij->i", a!),
        swapped: tf.einsum("ij->ji", a!),
        scores: tf.einsum("bqhd,bkhd->bhqk", q!, k!),
      }),
      {
        a: noise(1, [3, 4]),
        b: noise(2, [4, 5]),
        q: noise(3, [2, 3, 2, 4]),
        k: noise(4, [2, 5, 2, 4]),
      },
    ),
  "batch norm with given statistics, fused depthwise convolution": () =>
    kernelCase(
      ({ x, mean, variance, scale, offset, deep, bias }) => ({
        full: tf.batchNorm(x!, mean as never, variance as never, offset, scale),
        bare: tf.batchNorm(x!, mean as never, variance as never, undefined, undefined, 0.1),
        depthwise: tf.fused.depthwiseConv2d({
          x: x as Rank4,
          filter: deep as Rank4,
          strides: 2,
          pad: "same",
          bias: bias!,
          activation: "relu6",
        }),
        leaky: tf.fused.conv2d({
          x: x as Rank4,
          filter: deep as Rank4,
          strides: 1,
          pad: "valid",
          activation: "leakyrelu",
          leakyreluAlpha: 0.1,
        }),
      }),
      {
        x: noise(1, [2, 4, 5, 3]),
        mean: noise(2, [3]),
        variance: tf.abs(noise(3, [3])),
        scale: noise(4, [3]),
        offset: noise(5, [3]),
        deep: noise(6, [3, 3, 3, 2]),
        bias: noise(7, [6]),
      },
      2e-5,
    ),
};
