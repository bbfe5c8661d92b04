import type { DType, GraphNode, TensorSpec } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { DATA_TYPE } from "../onnx/model-proto.ts";
import { broadcastShape, elementwise, numberOperand } from "./broadcast.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { onFloats, Unsupported } from "./kernel.ts";

type Lower = (to: Lowering, a: Lowered, b: Lowered) => Lowered;

/** Arithmetic: both operands and the result have one type. */
function arithmetic(lower: Lower): Kernel {
  return {
    infer: ({ a, b }) => {
      if (a!.dtype !== b!.dtype || a!.dtype === "bool") {
        throw new Unsupported(
          `it got ${a!.dtype} and ${b!.dtype}; cast both to float32 or both to int32 first.`,
        );
      }
      return { shape: broadcastShape([a!.shape, b!.shape]), dtype: a!.dtype };
    },
    lower: lowerPair(lower),
  };
}

/** Comparisons and logic: the result is bool. */
function predicate(lower: Lower): Kernel {
  return {
    infer: ({ a, b }) => ({ shape: broadcastShape([a!.shape, b!.shape]), dtype: "bool" }),
    lower: lowerPair(lower),
  };
}

function lowerPair(lower: Lower) {
  return (to: Lowering, node: GraphNode) => lower(to, to.input(node, "a"), to.input(node, "b"));
}

const simple =
  (opType: string, type?: DType): Lower =>
  (to, a, b) =>
    elementwise(to, opType, [a, b], type);

// ONNX orders numbers only, and compares numbers of one type.
function comparable(to: Lowering, value: Lowered): Lowered {
  return value.dtype === "bool"
    ? elementwise(to, "Cast", [value], "int32", { to: DATA_TYPE.int32 })
    : value;
}
const comparison =
  (opType: string): Lower =>
  (to, a, b) =>
    elementwise(to, opType, [comparable(to, a), comparable(to, b)], "bool");

// The remainder has the divisor's sign, as in tf.js; ONNX's Mod means that for whole numbers alone.
const floorMod: Lower = (to, a, b) => {
  if (a.dtype === "int32") return elementwise(to, "Mod", [a, b]);
  const quotient = elementwise(to, "Floor", [elementwise(to, "Div", [a, b])]);
  return elementwise(to, "Sub", [a, elementwise(to, "Mul", [quotient, b])]);
};
const floorDiv: Lower = (to, a, b) => {
  if (a.dtype !== "int32") {
    const quotient = elementwise(to, "Floor", [elementwise(to, "Div", [a, b])]);
    return elementwise(to, "Cast", [quotient], "int32", { to: DATA_TYPE.int32 });
  }
  const remainder = elementwise(to, "Mod", [a, b]);
  return elementwise(to, "Div", [elementwise(to, "Sub", [a, remainder]), b]);
};
const pow: Lower = (to, a, b) => elementwise(to, "Pow", [a, b]);
const squaredDifference: Lower = (to, a, b) => {
  const difference = elementwise(to, "Sub", [a, b]);
  return elementwise(to, "Mul", [difference, difference]);
};
const prelu: Lower = (to, x, alpha) => {
  const zero = numberOperand(to, 0);
  const negative = elementwise(to, "Mul", [elementwise(to, "Min", [x, zero]), alpha]);
  return elementwise(to, "Add", [elementwise(to, "Relu", [x]), negative]);
};

// The angle of (b, a): the arc tangent of a / b, turned by pi left of the axis, which b = -0 counts to.
const atan2: Lower = (to, a, b) => {
  const [zero, pi] = [numberOperand(to, 0), numberOperand(to, Math.PI)];
  const isBelow = elementwise(to, "Less", [signed(to, a), zero], "bool");
  const isLeft = elementwise(to, "Less", [signed(to, b), zero], "bool");
  const both = elementwise(
    to,
    "Equal",
    [elementwise(to, "Abs", [a]), elementwise(to, "Abs", [b])],
    "bool",
  );
  // 0 / 0 and infinity / infinity count as 0 and 1, with the quotient's sign.
  const isZero = elementwise(to, "Equal", [a, zero], "bool");
  const quotient = elementwise(to, "Div", [a, b]);
  const side = elementwise(to, "Div", [signed(to, a), signed(to, b)]);
  const still = elementwise(to, "Mul", [
    elementwise(to, "Where", [isZero, zero, numberOperand(to, 1)], "float32"),
    side,
  ]);
  const tangent = elementwise(to, "Where", [both, still, quotient], "float32");
  const angle = elementwise(to, "Atan", [tangent]);
  const half = elementwise(to, "Where", [isBelow, numberOperand(to, -Math.PI), pi], "float32");
  return elementwise(
    to,
    "Where",
    [isLeft, elementwise(to, "Add", [angle, half]), angle],
    "float32",
  );
};

// 1 or -1, telling -0 from 0 by the side to which 1 / x goes.
function signed(to: Lowering, x: Lowered): Lowered {
  const zero = numberOperand(to, 0);
  const isZero = elementwise(to, "Equal", [x, zero], "bool");
  const inverse = elementwise(to, "Reciprocal", [x]);
  return elementwise(to, "Sign", [elementwise(to, "Where", [isZero, inverse, x], "float32")]);
}

/** Elementwise kernels of two tensors. */
export const binaryKernels: KernelTable = {
  Add: arithmetic(simple("Add")),
  Sub: arithmetic(simple("Sub")),
  Multiply: arithmetic(simple("Mul")),
  RealDiv: arithmetic(simple("Div")),
  FloorDiv: {
    ...arithmetic(floorDiv),
    infer: (inputs, attributes) => ({
      ...(arithmetic(floorDiv).infer(inputs, attributes) as TensorSpec),
      dtype: "int32",
    }),
  },
  Mod: arithmetic(floorMod),
  Maximum: arithmetic(simple("Max")),
  Minimum: arithmetic(simple("Min")),
  Pow: arithmetic(pow),
  SquaredDifference: arithmetic(squaredDifference),
  Equal: predicate(comparison("Equal")),
  NotEqual: predicate((to, a, b) => elementwise(to, "Not", [comparison("Equal")(to, a, b)])),
  Greater: predicate(comparison("Greater")),
  GreaterEqual: predicate(comparison("GreaterOrEqual")),
  Less: predicate(comparison("Less")),
  LessEqual: predicate(comparison("LessOrEqual")),
  LogicalAnd: predicate(simple("And")),
  LogicalOr: predicate(simple("Or")),
  Prelu: onFloats({
    infer: ({ x }) => ({ shape: x!.shape, dtype: x!.dtype }),
    lower: (to, node) => prelu(to, to.input(node, "x"), to.input(node, "alpha")),
  }),
  Atan2: onFloats(arithmetic(atan2)),
  BitwiseAnd: {
    infer: ({ a, b }) => {
      if (a!.dtype !== "int32" || b!.dtype !== "int32") {
        throw new Unsupported(`it got ${a!.dtype} and ${b!.dtype}; cast both to int32 first.`);
      }
      return { shape: broadcastShape([a!.shape, b!.shape]), dtype: "int32" };
    },
    lower: lowerPair(simple("BitwiseAnd")),
  },
  EluGrad: onFloats({
    infer: ({ dy }) => ({ shape: dy!.shape, dtype: "float32" }),
    // dy where y >= 0, dy (y + 1) below.
    lower: (to, node) => {
      const below = elementwise(to, "Min", [to.input(node, "y"), numberOperand(to, 0)]);
      const slope = elementwise(to, "Add", [below, numberOperand(to, 1)]);
      return elementwise(to, "Mul", [to.input(node, "dy"), slope]);
    },
  }),
  AddN: {
    infer: (inputs) => {
      const { shape, dtype } = Object.values(inputs)[0]!;
      if (dtype === "bool") throw new Unsupported("it got bool; cast to int32 or float32 first.");
      return { shape, dtype };
    },
    lower: (to, node) =>
      Object.values(node.inputs)
        .map((value) => to.get(value))
        .reduce((sum, value) => elementwise(to, "Add", [sum, value])),
  },
  Select: {
    infer: ({ t }) => ({ shape: t!.shape, dtype: t!.dtype }),
    lower: (to, node) => {
      const condition = to.input(node, "condition");
      const [t, e] = [to.input(node, "t"), to.input(node, "e")];
      if (t.dtype !== "bool") return elementwise(to, "Where", [condition, t, e], t.dtype);
      const yes = elementwise(to, "And", [condition, t]);
      const no = elementwise(to, "And", [elementwise(to, "Not", [condition]), e]);
      return elementwise(to, "Or", [yes, no]);
    },
  },
};
