import type { GraphNode, Value } from "../graph.ts";
import { identityPerm } from "../onnx/layout.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { activate, requireActivation } from "./activation.ts";
import { broadcastShape, elementwise } from "./broadcast.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { allOnFloats, attribute } from "./kernel.ts";
import { transposeLowered } from "./shape.ts";

function matMulShape(a: Value, b: Value, transposeA: boolean, transposeB: boolean): number[] {
  const batch = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  return [...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
}

/** A matrix operand as it lies in memory, and whether its last two axes lie swapped. */
function operand(to: Lowering, value: Lowered): { name: string; isSwapped: boolean } {
  const rank = value.shape.length;
  const swapped = [...identityPerm(rank - 2), rank - 1, rank - 2];
  const isSwapped = value.perm.at(-1) === rank - 2 && rank >= 2;
  return { name: to.inOrder(value, isSwapped ? swapped : identityPerm(rank)), isSwapped };
}

/** The product over the last two axes; leading ones broadcast. */
export function matMul(
  to: Lowering,
  a: Lowered,
  b: Lowered,
  {
    transposeA = false,
    transposeB = false,
    shape,
  }: { transposeA?: boolean; transposeB?: boolean; shape: readonly number[] },
): Lowered {
  if (to.isPlain) {
    const turned = (value: Lowered, isTransposed: boolean) => {
      const axes = identityPerm(value.shape.length);
      const [row, column] = [axes.length - 2, axes.length - 1];
      if (!isTransposed) return to.inOrder(value);
      return to.inOrder(transposeLowered(value, [...axes.slice(0, row), column, row]));
    };
    const name = to.op("MatMul", [turned(a, transposeA), turned(b, transposeB)]);
    return to.plain(name, { shape, dtype: "float32" });
  }
  const left = operand(to, a);
  const right = operand(to, b);
  const transA = Number(transposeA !== left.isSwapped);
  const transB = Number(transposeB !== right.isSwapped);
  const names = [left.name, right.name];
  const name =
    transA + transB === 0
      ? to.op("MatMul", names)
      : to.op("FusedMatMul", names, { transA, transB });
  return to.plain(name, { shape, dtype: "float32" });
}

const infer: Kernel["infer"] = ({ a, b }, attributes) => {
  const transposeA = attribute<boolean>(attributes, "transposeA");
  const transposeB = attribute<boolean>(attributes, "transposeB");
  return { shape: matMulShape(a!, b!, transposeA, transposeB), dtype: "float32" };
};

const lower = (to: Lowering, node: GraphNode): Lowered =>
  matMul(to, to.input(node, "a"), to.input(node, "b"), {
    transposeA: attribute(node.attributes, "transposeA"),
    transposeB: attribute(node.attributes, "transposeB"),
    shape: node.outputs[0]!.shape,
  });

/** Matrix products. */
export const matMulKernels: KernelTable = allOnFloats({
  BatchMatMul: { infer, lower },
  _FusedMatMul: {
    infer: (inputs, attributes) => {
      requireActivation(attributes);
      return infer(inputs, attributes);
    },
    lower: (to, node) => {
      const product = lower(to, node);
      const { bias } = node.inputs;
      const sum = bias === undefined ? product : elementwise(to, "Add", [product, to.get(bias)]);
      return activate(to, sum, node);
    },
  },
});
