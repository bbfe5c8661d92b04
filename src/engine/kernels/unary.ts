import type { DType, GraphNode } from "../graph.ts";
import type { Lowered, Lowering } from "../onnx/lowering.ts";
import { DATA_TYPE } from "../onnx/model-proto.ts";
import { elementwise, numberOperand } from "./broadcast.ts";
import type { Kernel, KernelTable } from "./kernel.ts";
import { attribute, onFloats, Unsupported } from "./kernel.ts";

type Lower = (to: Lowering, x: Lowered, node: GraphNode) => Lowered;

const onnx =
  (opType: string): Lower =>
  (to, x) =>
    elementwise(to, opType, [x]);

/** A kernel that keeps shape and type. */
function unary(lower: Lower): Kernel {
  return {
    infer: ({ x }) => {
      if (x!.dtype === "bool")
        throw new Unsupported("it got bool; cast to float32 or int32 first.");
      return { shape: x!.shape, dtype: x!.dtype };
    },
    lower: (to, node) => lower(to, to.input(node, "x"), node),
  };
}

/** A kernel of float32 alone. */
function floating(lower: Lower): Kernel {
  return onFloats({
    infer: ({ x }) => ({ shape: x!.shape, dtype: "float32" }),
    lower: (to, node) => lower(to, to.input(node, "x"), node),
  });
}

/** A kernel whose result is float32, as tf.js makes it whatever comes in. */
function toFloat(lower: Lower): Kernel {
  return {
    infer: ({ x }) => ({ shape: x!.shape, dtype: "float32" }),
    lower: (to, node) => lower(to, cast(to, to.input(node, "x"), "float32"), node),
  };
}

function predicate(lower: Lower): Kernel {
  return {
    infer: ({ x }) => ({ shape: x!.shape, dtype: "bool" }),
    lower: (to, node) => lower(to, to.input(node, "x"), node),
  };
}

/** Converts as tf.js does: to int32 towards zero, to bool as "not zero". */
export function cast(to: Lowering, x: Lowered, dtype: DType): Lowered {
  if (x.dtype === dtype) return x;
  return elementwise(to, "Cast", [x], dtype, { to: DATA_TYPE[dtype] });
}

const number = (to: Lowering, value: number) => numberOperand(to, value);

// e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2): no cancellation near zero.
const expm1: Lower = (to, x) => {
  const t = elementwise(to, "Tanh", [elementwise(to, "Mul", [x, number(to, 0.5)])]);
  const rest = elementwise(to, "Sub", [number(to, 1), t]);
  const stable = elementwise(to, "Div", [elementwise(to, "Mul", [t, number(to, 2)]), rest]);
  // For large x, 1 - t rounds to zero; there the plain form has nothing to cancel.
  const plain = elementwise(to, "Sub", [elementwise(to, "Exp", [x]), number(to, 1)]);
  return elementwise(
    to,
    "Where",
    [elementwise(to, "Less", [x, number(to, 1)], "bool"), stable, plain],
    "float32",
  );
};

// log(1 + x) = x log(u) / (u - 1) with u = 1 + x rounded (Goldberg 1991, theorem 4).
const log1p: Lower = (to, x) => {
  const u = elementwise(to, "Add", [x, number(to, 1)]);
  const log = elementwise(to, "Log", [u]);
  const correction = elementwise(to, "Div", [x, elementwise(to, "Sub", [u, number(to, 1)])]);
  const corrected = elementwise(to, "Mul", [log, correction]);
  const isTiny = elementwise(to, "Equal", [u, number(to, 1)], "bool");
  const isLarge = elementwise(to, "Greater", [elementwise(to, "Abs", [x]), number(to, 1)], "bool");
  const usual = elementwise(to, "Where", [isLarge, log, corrected], "float32");
  return elementwise(to, "Where", [isTiny, x, usual], "float32");
};

const step: Lower = (to, x, node) => {
  const alpha = attribute<number>(node.attributes, "alpha");
  const isAbove = elementwise(to, "Greater", [x, numberOperand(to, 0, x.dtype)], "bool");
  return elementwise(
    to,
    "Where",
    [isAbove, numberOperand(to, 1, x.dtype), numberOperand(to, alpha, x.dtype)],
    x.dtype,
  );
};

const clip: Lower = (to, x, { attributes }) => {
  const bound = (name: string) => numberOperand(to, attribute<number>(attributes, name), x.dtype);
  const above = elementwise(to, "Max", [x, bound("clipValueMin")]);
  return elementwise(to, "Min", [above, bound("clipValueMax")]);
};

const isInfinite: Lower = (to, x) => elementwise(to, "IsInf", [cast(to, x, "float32")], "bool");
const isNan: Lower = (to, x) => elementwise(to, "IsNaN", [cast(to, x, "float32")], "bool");

/** Elementwise kernels of one tensor. */
export const unaryKernels: KernelTable = {
  Identity: {
    infer: ({ x }) => ({ shape: x!.shape, dtype: x!.dtype }),
    lower: (to, node) => to.input(node, "x"),
  },
  Cast: {
    infer: ({ x }, attributes) => {
      const dtype = attribute<string>(attributes, "dtype");
      if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
        throw new Unsupported(`it casts to ${dtype}; float32, int32 and bool can be compiled.`);
      }
      return { shape: x!.shape, dtype };
    },
    lower: (to, node) => cast(to, to.input(node, "x"), node.outputs[0]!.dtype),
  },
  Abs: unary(onnx("Abs")),
  Neg: unary(onnx("Neg")),
  Sign: unary(onnx("Sign")),
  Square: unary((to, x) => elementwise(to, "Mul", [x, x])),
  Relu: unary(onnx("Relu")),
  Relu6: unary((to, x) => {
    const low = elementwise(to, "Relu", [x]);
    return elementwise(to, "Min", [low, numberOperand(to, 6, x.dtype)]);
  }),
  ClipByValue: unary(clip),
  Step: unary(step),
  Floor: unary((to, x) => (x.dtype === "int32" ? x : elementwise(to, "Floor", [x]))),
  Ceil: unary((to, x) => (x.dtype === "int32" ? x : elementwise(to, "Ceil", [x]))),
  Round: unary((to, x) => (x.dtype === "int32" ? x : elementwise(to, "Round", [x]))),
  Exp: toFloat(onnx("Exp")),
  Expm1: floating(expm1),
  Log: floating(onnx("Log")),
  Log1p: floating(log1p),
  Sqrt: floating(onnx("Sqrt")),
  Rsqrt: floating((to, x) => elementwise(to, "Reciprocal", [elementwise(to, "Sqrt", [x])])),
  Reciprocal: floating(onnx("Reciprocal")),
  Sigmoid: floating(onnx("Sigmoid")),
  Softplus: floating(onnx("Softplus")),
  Tanh: floating(onnx("Tanh")),
  Erf: floating(onnx("Erf")),
  Elu: floating((to, x) => elementwise(to, "Elu", [x])),
  Selu: floating(onnx("Selu")),
  LeakyRelu: toFloat((to, x, { attributes }) =>
    elementwise(to, "LeakyRelu", [x], "float32", {
      alpha: { float: attribute<number>(attributes, "alpha") },
    }),
  ),
  Asinh: floating(onnx("Asinh")),
  Acosh: floating(onnx("Acosh")),
  Atanh: floating(onnx("Atanh")),
  Sin: floating(onnx("Sin")),
  Cos: floating(onnx("Cos")),
  Tan: floating(onnx("Tan")),
  Asin: floating(onnx("Asin")),
  Acos: floating(onnx("Acos")),
  Atan: floating(onnx("Atan")),
  Sinh: floating(onnx("Sinh")),
  Cosh: floating(onnx("Cosh")),
  IsNan: predicate(isNan),
  IsInf: predicate(isInfinite),
  IsFinite: predicate((to, x, node) =>
    elementwise(to, "Not", [elementwise(to, "Or", [isNan(to, x, node), isInfinite(to, x, node)])]),
  ),
  LogicalNot: predicate((to, x) => elementwise(to, "Not", [x])),
};
