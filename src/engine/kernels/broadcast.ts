import * as tf from "@tensorflow/tfjs-core";
import type { DType, TensorSpec } from "../graph.ts";
import { sizeOf } from "../graph.ts";
import { identityPerm } from "../onnx/layout.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import type { OnnxAttributes } from "../onnx/model-builder.ts";

/** The shape in which tensors of these shapes meet. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  return shapes.reduce<number[]>(
    (all, shape) => tf.broadcast_util.assertAndGetBroadcastShape(all, [...shape]),
    [],
  );
}

/**
 * Applies one elementwise ONNX operation in the memory order of its largest operand; the others, usually small, are
 * brought to it.
 *
 * @param type The type of the result; the first operand's when omitted.
 */
export function elementwise(
  to: Lowering,
  opType: string,
  operands: readonly Lowered[],
  type?: DType,
  attributes?: OnnxAttributes,
): Lowered {
  const spec: TensorSpec = {
    shape: broadcastShape(operands.map(({ shape }) => shape)),
    dtype: type ?? operands[0]!.dtype,
  };
  const rank = spec.shape.length;
  const perm = leadingPerm(operands, rank);
  const aligned = operands.map((operand) => to.align(operand, rank, perm));
  const dims = perm.map((_, at) => Math.max(...aligned.map((value) => value.dims[at]!)));
  const size = sizeOf(dims);
  // ONNX Runtime takes twenty times as long for a number of fewer axes beside a tensor whose last one has length one.
  const names = aligned.map(({ name, dims: own }, at) =>
    dims.at(-1) === 1 && size > 1 && sizeOf(own) === 1
      ? to.reshape(name, own, operands[at]!.dims)
      : name,
  );
  // Otherwise scalars come as they are; the result must still have all its axes.
  if (operands.every(({ shape }) => shape.length < rank)) {
    names[0] = to.reshape(names[0]!, aligned[0]!.dims);
  }
  return { name: to.op(opType, names, attributes), ...spec, perm, dims };
}

/** The memory order of the largest of `operands` that has `rank` axes. */
export function leadingPerm(operands: readonly Lowered[], rank: number): readonly number[] {
  let [perm, largest] = [identityPerm(rank) as readonly number[], 1];
  for (const operand of operands) {
    const size = sizeOf(operand.dims);
    if (operand.shape.length === rank && size > largest) [perm, largest] = [operand.perm, size];
  }
  return perm;
}

/** A float32 or int32 number as an operand. */
export function numberOperand(to: Lowering, value: number, dtype: DType = "float32"): Lowered {
  const data = dtype === "float32" ? Float32Array.of(value) : Int32Array.of(value);
  const name =
    dtype === "bool"
      ? to.builder.constant("bool", [], Uint8Array.of(value))
      : to.builder.constant(dtype, [], data);
  return { name, shape: [], dtype, perm: [], dims: [] };
}
