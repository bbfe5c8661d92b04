import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { identityPerm, reshapeGroups } from "../onnx/layout.ts";

/**
 * Reshapes without touching memory where it can: merged and split axes need only lie together in memory order, so an
 * NCHW tensor reshaped over H, W or over C alone stays NCHW.
 */
export function reshapeLowered(to: Lowering, value: Lowered, shape: readonly number[]): Lowered {
  return tryReshape(to, value, shape) ?? tryReshape(to, inLogicalOrder(to, value), shape)!;
}

function inLogicalOrder(to: Lowering, value: Lowered): Lowered {
  const moved = to.move(value, identityPerm(value.shape.length));
  return to.plain(to.inOrder(moved), moved);
}

function tryReshape(to: Lowering, value: Lowered, shape: readonly number[]): Lowered | undefined {
  const groups = reshapeGroups(value.shape, shape);
  const groupOf = new Map(groups.flatMap((group) => group.from.map((axis) => [axis, group])));
  const size = (axis: number) => value.dims[value.perm.indexOf(axis)]!;
  const order = value.perm.filter((axis) => value.shape[axis] !== 1);
  const perm: number[] = [];
  const dimOf = new Map<number, number>();

  for (let at = 0; at < order.length;) {
    const group = groupOf.get(order[at]!)!;
    const members = group.from.filter((axis) => value.shape[axis] !== 1);
    // Together and in order, or no free reshape.
    if (members.some((axis, step) => order[at + step] !== axis)) return undefined;
    const isVirtual = members.every((axis) => size(axis) === 1);
    if (!isVirtual && members.some((axis) => size(axis) === 1)) return undefined;
    for (const axis of group.to) {
      perm.push(axis);
      dimOf.set(axis, isVirtual ? 1 : shape[axis]!);
    }
    at += members.length;
  }
  // Axes of length one may lie anywhere: each after its predecessor keeps logical order logical.
  for (let axis = 0; axis < shape.length; axis++) {
    if (dimOf.has(axis)) continue;
    perm.splice(axis === 0 ? 0 : perm.indexOf(axis - 1) + 1, 0, axis);
    dimOf.set(axis, 1);
  }
  const dims = perm.map((axis) => dimOf.get(axis)!);
  const name = to.reshape(value.name, dims, value.dims);
  return { name, shape, dtype: value.dtype, perm, dims };
}
