import type { GraphNode } from "./graph.ts";
import { sizeOf } from "./graph.ts";

const FREE =
  /^(Input|State|Constant|Broadcast|Identity|Reshape|ExpandDims|Transpose|Cast|Slice|StridedSlice|Concat|Pack|Unpack|SplitV|PadV2|MirrorPad|Tile|Reverse|GatherV2|GatherNd|ResizeNearestNeighbor|ZerosLike|OnesLike|Fill|Range|LinSpace|DepthToSpace|SpaceToBatchND|BatchToSpaceND|FlipLeftRight)$/;

/**
 * Floating-point operations of one node: a multiply-add counts two, an elementwise function one an element, what only
 * moves none.
 */
export function flopsOf({ op, inputs, attributes, outputs }: GraphNode): number {
  const result = sizeOf(outputs[0]!.shape);
  const shape = (name: string) => inputs[name]!.shape;
  // Each element of dy, or of the result, meets each element of the filter once, but for the channels it belongs to.
  const filterWork = (positions: readonly number[], filter: readonly number[]) =>
    2 * sizeOf(positions.slice(0, 3)) * sizeOf(filter);
  switch (op) {
    case "Conv2D":
    case "FusedConv2D":
    case "DepthwiseConv2dNative":
    case "FusedDepthwiseConv2D":
      return filterWork(outputs[0]!.shape, shape("filter"));
    case "Conv2DBackpropInput":
    case "DepthwiseConv2dNativeBackpropInput":
      return filterWork(shape("dy"), shape("filter"));
    case "Conv2DBackpropFilter":
    case "DepthwiseConv2dNativeBackpropFilter":
      return filterWork(shape("dy"), outputs[0]!.shape);
    case "BatchMatMul":
    case "_FusedMatMul":
      return 2 * result * shape("a").at(attributes["transposeA"] === true ? -2 : -1)!;
    default:
      break;
  }
  if (FREE.test(op)) return 0;
  const read = Object.values(inputs).map((value) => sizeOf(value.shape));
  return Math.max(result, ...read);
}

/** Bytes that one node reads and writes; what is only relabelled counts nothing. */
export function bytesOf({ op, inputs, outputs }: GraphNode): number {
  if (/^(Input|State|Constant|Broadcast|Identity|Reshape|ExpandDims|Transpose)$/.test(op)) return 0;
  const bytes = ({ shape, dtype }: { shape: readonly number[]; dtype: string }) =>
    sizeOf(shape) * (dtype === "bool" ? 1 : 4);
  return [...Object.values(inputs), ...outputs].reduce((sum, value) => sum + bytes(value), 0);
}
