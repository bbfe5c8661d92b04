import * as tf from "@tensorflow/tfjs-core";
import { constantFrom } from "../constant.ts";
import { TraceError } from "../errors.ts";
import type { Attributes, DType, GraphNode, TensorSpec, Value } from "../graph.ts";
import { constantOf, makeConstant, sizeOf } from "../graph.ts";
import { callSite } from "./call-site.ts";
import { recordKernel } from "./record-kernel.ts";

type TypedArray = Float32Array | Int32Array | Uint8Array;
interface TensorLike extends TensorSpec {
  readonly dataId: object;
}

/**
 * A tf.js backend that computes nothing: every kernel becomes a node. It keeps its own map from data ids to values,
 * because tf.js's DataStorage would move a variable's data away from the backend that holds it.
 */
export class TracingBackend extends tf.KernelBackend {
  readonly nodes: GraphNode[] = [];
  // Strong ones are faster, and the backend lives no longer than its trace.
  readonly #values = new Map<object, Value>();
  readonly #own = new Set<object>();
  readonly #eager: tf.KernelBackend;
  readonly #resolveEager: (tensor: TensorLike) => Value;

  /**
   * @param eager The backend that holds the tensors made outside.
   * @param resolveEager Gives the value of such a tensor: a variable or a captured constant.
   */
  constructor(eager: tf.KernelBackend, resolveEager: (tensor: TensorLike) => Value) {
    super();
    this.#eager = eager;
    this.#resolveEager = resolveEager;
  }

  /** Runs one kernel symbolically. */
  run(
    kernel: string,
    inputs: Readonly<Record<string, TensorLike | undefined>>,
    attributes: Attributes,
  ): TensorLike[] {
    const values: Record<string, Value> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      if (tensor !== undefined) values[name] = this.resolve(tensor);
    }
    const node = recordKernel(kernel, values, attributes);
    this.nodes.push(node);
    return node.outputs.map((value) => this.tensorOf(value));
  }

  add(node: GraphNode): Value {
    this.nodes.push(node);
    return node.outputs[0]!;
  }

  resolve(tensor: TensorLike): Value {
    const known = this.#values.get(tensor.dataId);
    if (known !== undefined) return known;
    const value = this.#resolveEager(tensor);
    this.#values.set(tensor.dataId, value);
    return value;
  }

  has(dataId: object): boolean {
    return this.#values.has(dataId);
  }

  /** Whether the data id was made by this trace. */
  isOwn(dataId: object): boolean {
    return this.#own.has(dataId);
  }

  /** A tensor description under a new data id that stands for `value`. */
  tensorOf(value: Value): TensorLike & { shape: number[] } {
    const dataId = {};
    this.#own.add(dataId);
    this.#values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const spec = { shape, dtype: requireDType(dtype) };
    const value = this.add(makeConstant(constantFrom(values as TypedArray, spec), spec));
    return this.tensorOf(value).dataId;
  }

  override readSync(dataId: object): tf.BackendValues {
    const value = this.#values.get(dataId);
    const constant = value === undefined ? undefined : constantOf(value);
    if (value === undefined || constant === undefined) throw dataReadError();
    return "fill" in constant ? filled(constant.fill, value) : constant.data.slice();
  }

  override read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  // Data stays as long as the trace: variables that it assigns are restored afterwards.
  override disposeData(): boolean {
    return true;
  }
  // A variable that takes over a captured tensor's data holds it on the eager backend, which will be asked to let go.
  override incRef(dataId: object): void {
    if (!this.#own.has(dataId)) this.#eager.incRef(dataId);
  }
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {
    return;
  }
}

/** The error for a read whose answer would depend on the data of a run. */
export function dataReadError(): TraceError {
  return new TraceError(
    "A compiled function cannot read the numbers of a tensor (data, dataSync, array, arraySync, print): while it is " +
      "traced there are none. Return the tensor as an output and read it after run(), or decide with tf.where.",
    callSite(),
  );
}

export function requireDType(dtype: string): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TraceError(
    `A compiled function got a tensor of dtype "${dtype}"; float32, int32 and bool can be compiled.`,
    callSite(),
  );
}

function filled(fill: number, { shape, dtype }: TensorSpec): TypedArray {
  const size = sizeOf(shape);
  if (dtype === "float32") return new Float32Array(size).fill(fill);
  return dtype === "int32" ? new Int32Array(size).fill(fill) : new Uint8Array(size).fill(fill);
}
