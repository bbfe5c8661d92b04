import * as tf from "@tensorflow/tfjs-core";
import { stridedSliceInfo } from "../strided-slice-info.ts";

type Grads = Record<string, () => tf.Tensor>;
type Attributes = Readonly<Record<string, unknown>>;

/**
 * Registers gradients that tf.js lacks, and the one of MirrorPad, which tf.js has wrong: its slice of the upstream
 * gradient forgets what the mirrored elements pass back.
 */
export function registerOwnGradients(): void {
  const register = (
    kernelName: string,
    inputsToSave: string[],
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => Grads,
  ) => {
    tf.registerGradient({ kernelName, inputsToSave, gradFunc: gradFunc as tf.GradFunc });
  };

  register("MirrorPad", ["x"], (dy, [x], { paddings, mode }) => ({
    x: () => foldMirrored(dy, x!.shape, paddings as [number, number][], mode === "reflect" ? 1 : 0),
  }));
  register("DepthToSpace", [], (dy, _, { blockSize }) => ({
    x: () => spaceToDepth(dy, blockSize as number),
  }));
  register("FlipLeftRight", [], (dy) => ({ image: () => tf.reverse(dy, 2) }));
  register("StridedSlice", ["x"], (dy, [x], attributes) => ({
    x: () => spreadStrides(dy, x!.shape, attributes),
  }));
  register("GatherNd", ["params", "indices"], (dy, [params, indices]) => ({
    params: () => tf.scatterND(indices!, dy, params!.shape),
    indices: () => tf.zerosLike(indices!),
  }));
  register("ScatterNd", ["indices"], (dy, [indices]) => ({
    updates: () => tf.gatherND(dy, indices!),
    indices: () => tf.zerosLike(indices!),
  }));
  const gather = tf.getGradient("GatherV2");
  register("GatherV2", ["x", "indices"], (dy, saved, attributes) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    // tf.js splits the batch through a method that only its union package has.
    if ((attributes["batchDims"] ?? 0) === 0) {
      return gather.gradFunc(dy, saved, attributes as never);
    }
    return {
      x: () => gatherGradient(dy, x, indices, attributes),
      indices: () => tf.zerosLike(indices),
    };
  });
  register("Cumprod", ["x"], (dy, [x], attributes) => ({
    x: () => productGradient(dy, x!, attributes),
  }));
  tf.registerGradient({
    kernelName: "TopK",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (upstream, saved) => {
      const [dy] = upstream as unknown as tf.Tensor[];
      const [x, places] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => {
          const chosen = tf.oneHot(places, x.shape.at(-1)!, 1, 0, "float32");
          return tf.sum(tf.mul(chosen, tf.expandDims(dy!, -1)), -2);
        },
      };
    },
  });
  tf.registerGradient({
    kernelName: "Einsum",
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) =>
      einsumGradients(dy as tf.Tensor, saved, (attributes as Attributes)["equation"] as string),
  });
}

// What lies beyond an edge came from the elements next to it, in turned order.
function foldMirrored(
  dy: tf.Tensor,
  shape: readonly number[],
  paddings: readonly (readonly [number, number])[],
  offset: 0 | 1,
): tf.Tensor {
  return paddings.reduce((folded, [before, after], axis) => {
    const size = shape[axis]!;
    const cut = (from: number, length: number) => {
      const begin = folded.shape.map((_, at) => (at === axis ? from : 0));
      return tf.slice(
        folded,
        begin,
        folded.shape.map((dim, at) => (at === axis ? length : dim)),
      );
    };
    const put = (part: tf.Tensor, from: number, length: number) => {
      const room = part.shape.map((_, at): [number, number] =>
        at === axis ? [from, size - from - length] : [0, 0],
      );
      return tf.pad(tf.reverse(part, axis), room);
    };
    let sum = cut(before, size);
    if (before > 0) sum = tf.add(sum, put(cut(0, before), offset, before));
    if (after > 0) sum = tf.add(sum, put(cut(before + size, after), size - offset - after, after));
    return sum;
  }, dy);
}

function spaceToDepth(images: tf.Tensor, block: number): tf.Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const apart = [batch, height / block, block, width / block, block, channels];
  const turned = tf.transpose(tf.reshape(images, apart), [0, 1, 3, 2, 4, 5]);
  return tf.reshape(turned, [batch, height / block, width / block, block * block * channels]);
}

// Every axis apart: zeros between the strides, then room before and after.
function spreadStrides(dy: tf.Tensor, shape: readonly number[], attributes: Attributes): tf.Tensor {
  const info = stridedSliceInfo(shape, attributes);
  const start = tf.reshape(dy, info.finalShapeSparse);
  return shape.reduce((spread: tf.Tensor, size, axis) => {
    const count = info.finalShapeSparse[axis]!;
    const places = Array.from(
      { length: count },
      (_, at) => info.begin[axis]! + at * info.strides[axis]!,
    );
    if (count === size && places.every((place, at) => place === at)) return spread;
    const sources = Array<number>(size).fill(count);
    for (const [at, place] of places.entries()) sources[place] = at;
    // One row of zeros more, where every element that was not taken reads.
    const room = spread.shape.map((_, at): [number, number] => (at === axis ? [0, 1] : [0, 0]));
    return tf.gather(tf.pad(spread, room), tf.tensor1d(sources, "int32"), axis);
  }, start);
}

// Rows of all batches under one another, each batch with its own range of segments.
function gatherGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  indices: tf.Tensor,
  attributes: Attributes,
): tf.Tensor {
  const axis = tf.util.parseAxisParam(attributes["axis"] as number, x.shape)[0]!;
  const given = attributes["batchDims"] as number;
  const batch = given < 0 ? given + indices.rank : given;
  const looked = indices.rank - batch;
  const axes = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => from + at);
  const [before, after] = [axes(batch, axis), axes(axis + looked, dy.rank)];
  const turned = tf.transpose(dy, [
    ...axes(0, batch),
    ...axes(axis, axis + looked),
    ...before,
    ...after,
  ]);
  const rest = turned.shape.slice(batch + looked);
  const batchShape = x.shape.slice(0, batch);
  const [count, size] = [tf.util.sizeFromShape(batchShape), x.shape[axis]!];
  const offsets = tf.tensor2d(
    axes(0, count).map((index) => [index * size]),
    [count, 1],
    "int32",
  );
  const ids = tf.add(tf.reshape(tf.cast(indices, "int32"), [count, -1]), offsets);
  const rows = tf.reshape(turned, [ids.size, ...rest]);
  const sums = tf.unsortedSegmentSum(rows, tf.reshape<tf.Rank.R1>(ids, [ids.size]), count * size);
  const whole = tf.reshape(sums, [...batchShape, size, ...rest]);
  const back = [
    ...axes(0, batch),
    ...axes(batch + 1, batch + 1 + before.length),
    batch,
    ...axes(batch + 1 + before.length, x.rank),
  ];
  return tf.transpose(whole, back);
}

// d(prod_{j<=i} x_j) / dx_k is the same product without x_k. Dividing by x_k would fail at zeros: sum over a matrix of
// products instead, each with its own factor left out.
function productGradient(dy: tf.Tensor, x: tf.Tensor, attributes: Attributes): tf.Tensor {
  const axis = tf.util.parseAxisParam(attributes["axis"] as number, x.shape)[0]!;
  const size = x.shape[axis]!;
  const [exclusive, reverse] = [attributes["exclusive"] === true, attributes["reverse"] === true];
  const parts = Array.from({ length: size }, (_, left) => {
    const mask = tf.reshape(
      tf.tensor1d(Array.from({ length: size }, (_, at) => (at === left ? 1 : 0))),
      x.shape.map((_, at) => (at === axis ? size : 1)),
    );
    const without = tf.add(tf.mul(x, tf.sub(1, mask)), mask);
    const products = tf.cumprod(without, axis, exclusive, reverse);
    const isAffected = Array.from({ length: size }, (_, at) => {
      const distance = reverse ? left - at : at - left;
      return distance >= (exclusive ? 1 : 0) ? 1 : 0;
    });
    const affected = tf.reshape(
      tf.tensor1d(isAffected),
      x.shape.map((_, at) => (at === axis ? size : 1)),
    );
    return tf.sum(tf.mul(tf.mul(dy, products), affected), axis, true);
  });
  return tf.concat(parts, axis);
}

function einsumGradients(dy: tf.Tensor, operands: tf.Tensor[], equation: string): Grads {
  const [left = "", output = ""] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const gradientOf = (index: number) => () => {
    const term = terms[index]!;
    const others = terms.filter((_, at) => at !== index);
    const known = new Set(Array.from([output, ...others].join("")));
    const kept = Array.from(term)
      .filter((letter) => known.has(letter))
      .join("");
    const rest = operands.filter((_, at) => at !== index);
    const partial = tf.einsum(`${[output, ...others].join(",")}->${kept}`, dy, ...rest);
    // A letter that stands here alone was summed over: its gradient is the same all along.
    const { shape } = operands[index]!;
    const narrow = Array.from(term).map((letter, at) => (known.has(letter) ? shape[at]! : 1));
    return tf.broadcastTo(tf.reshape(partial, narrow), shape);
  };
  return Object.fromEntries(terms.map((_, index) => [String(index), gradientOf(index)]));
}
