import type { DType, GraphNode, Value } from "../graph.ts";
import { sizeOf } from "../graph.ts";
import { identityPerm, inversePerm, longAxes, sameList } from "./layout.ts";
import { ModelBuilder } from "./model-builder.ts";
import type { OnnxAttributes } from "./model-builder.ts";

/**
 * A value on the ONNX side. Axis j in memory holds the logical axis perm[j] and has dims[j] elements, which is 1 where
 * the logical axis is longer and the value repeats along it ("virtual broadcast").
 */
export interface Lowered {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly perm: readonly number[];
  readonly dims: readonly number[];
}

// Hiding smaller ones too frees little and makes ONNX Runtime's planning quadratic: minutes for thousands of nodes.
const LARGE = 2 ** 18;

/** What kernels use to say themselves in ONNX: builds nodes and keeps track of memory layouts. */
export class Lowering {
  readonly builder: ModelBuilder = new ModelBuilder();
  readonly #lowered = new Map<Value, Lowered>();
  /** Whether only operations of the ONNX standard may be used. */
  readonly isPlain: boolean;
  readonly #hidesLargeShapes: boolean;

  /**
   * @param options `hidesLargeShapes`: shapes of 2^18 elements and more come in at run time. ONNX Runtime gives a dead
   *   tensor's memory to a later one of the same known shape, however much later, and holds it until then; of shapes that
   *   it does not know it frees the memory at once. A U-Net's training step peaked a quarter lower, at the same speed.
   *   `isPlain`: nothing but the ONNX standard, for other runtimes.
   */
  constructor({
    hidesLargeShapes = false,
    isPlain = false,
  }: { readonly hidesLargeShapes?: boolean; readonly isPlain?: boolean } = {}) {
    this.isPlain = isPlain;
    this.#hidesLargeShapes = hidesLargeShapes;
  }

  op(type: string, inputs: readonly string[], attributes?: OnnxAttributes): string {
    return this.builder.op(type, inputs, attributes);
  }

  ints(values: readonly number[]): string {
    return this.builder.ints(values);
  }

  set(value: Value, lowered: Lowered): void {
    this.#lowered.set(value, lowered);
  }

  get(value: Value): Lowered {
    const lowered = this.#lowered.get(value);
    if (lowered === undefined) throw new Error(`${value.node.op} is used before it is lowered.`);
    return lowered;
  }

  input(node: GraphNode, name: string): Lowered {
    return this.get(node.inputs[name]!);
  }

  /** Describes `name` as a value in logical order without virtual axes. */
  plain(name: string, { shape, dtype }: Pick<Value, "shape" | "dtype">): Lowered {
    return { name, shape, dtype, perm: identityPerm(shape.length), dims: shape };
  }

  /** Describes `name` as a full value in the memory order `perm`. */
  ordered(
    name: string,
    { shape, dtype }: Pick<Value, "shape" | "dtype">,
    perm: readonly number[],
  ): Lowered {
    return { name, shape, dtype, perm, dims: perm.map((axis) => shape[axis]!) };
  }

  /** The tensor in memory order `perm` with every axis at its full length. */
  inOrder(value: Lowered, perm: readonly number[] = identityPerm(value.shape.length)): string {
    const moved = this.move(value, perm);
    const full = perm.map((axis) => value.shape[axis]!);
    return sameList(moved.dims, full)
      ? moved.name
      : this.op("Expand", [moved.name, this.ints(full)]);
  }

  /** The value in memory order `perm`; virtual axes stay virtual. */
  move(value: Lowered, perm: readonly number[]): Lowered {
    if (sameList(value.perm, perm)) return value;
    const inverse = inversePerm(value.perm);
    const steps = perm.map((axis) => inverse[axis]!);
    const dims = steps.map((at) => value.dims[at]!);
    // Axes of length one weigh nothing: when the others keep their order this is no move at all.
    const isFree = sameList(longAxes(value.perm, value.dims), longAxes(perm, dims));
    const name = isFree
      ? this.reshape(value.name, dims, value.dims)
      : this.op("Transpose", [value.name], { perm: steps });
    return { ...value, name, perm, dims };
  }

  /**
   * The tensor, ready to meet others of `rank` axes in memory order `perm` in an elementwise operation: axes that it
   * lacks, and virtual ones, have length one.
   */
  align(value: Lowered, rank: number, perm: readonly number[]): Lowered {
    const missing = rank - value.shape.length;
    const wide: Lowered = {
      ...value,
      shape: [...Array<number>(missing).fill(1), ...value.shape],
      perm: [...identityPerm(missing), ...value.perm.map((axis) => axis + missing)],
      dims: [...Array<number>(missing).fill(1), ...value.dims],
    };
    const isScalar = sizeOf(value.dims) === 1;
    if (isScalar) return { ...wide, perm, dims: perm.map(() => 1) };
    const name = missing === 0 ? value.name : this.reshape(value.name, wide.dims, value.dims);
    return this.move({ ...wide, name }, perm);
  }

  /** Reshapes in memory order. */
  reshape(name: string, dims: readonly number[], from?: readonly number[]): string {
    if (from !== undefined && sameList(from, dims)) return name;
    const constant = this.builder.reshapedNumber(name, dims);
    if (constant !== undefined) return constant;
    const isHidden = this.#hidesLargeShapes && sizeOf(dims) >= LARGE;
    return this.op("Reshape", [name, isHidden ? this.builder.shape(dims) : this.ints(dims)]);
  }

  /** The same value without virtual axes. */
  full(value: Lowered): Lowered {
    return this.ordered(this.inOrder(value, value.perm), value, value.perm);
  }
}
