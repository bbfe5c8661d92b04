import * as tf from "@tensorflow/tfjs-core";
import type { Attributes } from "../graph.ts";
import { attribute, Unsupported } from "./kernel.ts";

/** Memory orders of tf.js's NHWC activations and HWIO filters as ONNX wants them: NCHW and OIHW. */
export const NCHW: readonly number[] = [0, 3, 1, 2];
export const OIHW: readonly number[] = [3, 2, 0, 1];

export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];

/** tf.js's own reading of a convolution's attributes. */
export function convInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
  depthwise = false,
): ConvInfo {
  if ((attributes["dataFormat"] ?? "NHWC") !== "NHWC") {
    throw new Unsupported(
      'its dataFormat is not "NHWC"; write NHWC, programs lay it out as NCHW themselves.',
    );
  }
  return tf.backend_util.computeConv2DInfo(
    [...inputShape] as Shape4,
    [...filterShape] as Shape4,
    attribute(attributes, "strides"),
    (attributes["dilations"] as number | undefined) ?? 1,
    attribute(attributes, "pad"),
    attribute(attributes, "dimRoundingMode"),
    depthwise,
  );
}

export function pads({ padInfo }: ConvInfo): [number, number, number, number] {
  return [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];
}
