import * as tf from "@tensorflow/tfjs-core";
import type { Attributes } from "./graph.ts";

/** What a StridedSlice's attributes mean for a tensor of this shape: begin, strides and shapes with masks and negative indices worked out. */
export function stridedSliceInfo(
  shape: readonly number[],
  attributes: Attributes,
): ReturnType<typeof tf.slice_util.sliceInfo> {
  const list = (name: string) => attributes[name] as number[];
  const mask = (name: string) => attributes[name] as number;
  return tf.slice_util.sliceInfo(
    [...shape],
    list("begin"),
    list("end"),
    list("strides"),
    mask("beginMask"),
    mask("endMask"),
    mask("ellipsisMask"),
    mask("newAxisMask"),
    mask("shrinkAxisMask"),
  );
}
