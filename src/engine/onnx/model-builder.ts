import type { OnnxType } from "./model-proto.ts";
import { ATTRIBUTE_TYPE, DATA_TYPE, encodeModel } from "./model-proto.ts";

/** An integer, a list of integers, a text, or `{ float }`. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

type TypedArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
}

interface OnnxNode {
  /** The tf.js kernel that it belongs to. */
  readonly origin: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes: OnnxAttributes;
}

// A fixed blur is no reason to look a whole training step over.
const MANY_WEIGHTS = 4096;
const CONTRIBUTED = new Set(["FusedMatMul"]);

/** Collects nodes and constants and writes the model. Equal nodes and equal constants are written once. */
export class ModelBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #known = new Map<string, readonly string[]>();
  readonly #initializers: (OnnxTensor & { readonly data: TypedArray })[] = [];
  readonly #constants = new Map<string, string>();
  /** The constants of one element. */
  readonly #numbers = new Map<string, { readonly type: OnnxType; readonly data: TypedArray }>();
  readonly #inputs: OnnxTensor[] = [];
  readonly #outputs: OnnxTensor[] = [];
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #isComputed = new Set<string>();
  /** Outputs of nodes that are outputs of the whole. */
  readonly #renamed = new Map<string, string>();
  #count = 0;
  /** The tf.js kernel being lowered, which goes into the names of its nodes. */
  origin = "edge";

  input(name: string, type: OnnxType, dims: readonly number[]): string {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  hasInput(name: string): boolean {
    return this.#inputs.some((input) => input.name === name);
  }

  output(name: string, type: OnnxType, dims: readonly number[], from: string): void {
    this.#outputs.push({ name, type, dims });
    // What a node computes gets the output's name; what comes in, or goes out twice, is copied.
    if (this.#isComputed.has(from) && !this.#renamed.has(from)) this.#renamed.set(from, name);
    else {
      const copy = { origin: "edge", opType: "Identity", domain: "", attributes: {} };
      this.#nodes.push({ ...copy, input: [from], output: [name] });
    }
  }

  /** Adds one operation with one output and returns that output's name. */
  op(opType: string, input: readonly string[], attributes: OnnxAttributes = {}): string {
    return this.ops(opType, input, 1, attributes)[0]!;
  }

  /** Adds one operation with several outputs and returns their names. */
  ops(
    opType: string,
    input: readonly string[],
    outputCount: number,
    attributes: OnnxAttributes = {},
  ): readonly string[] {
    const key = `${opType} ${outputCount} ${input.join()} ${JSON.stringify(attributes)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const output = Array.from({ length: outputCount }, () => `${opType}_${this.#count++}`);
    const domain = CONTRIBUTED.has(opType) ? "com.microsoft" : "";
    this.#nodes.push({ origin: this.origin, opType, domain, input, output, attributes });
    this.#known.set(key, output);
    for (const name of output) this.#isComputed.add(name);
    return output;
  }

  constant(type: OnnxType, dims: readonly number[], data: TypedArray): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const isSmall = bytes.length <= 256;
    const key = `${type}|${dims.join()}|${isSmall ? bytes.join() : this.#count}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `constant_${this.#count++}`;
    this.#initializers.push({ name, type, dims, data });
    if (data.length === 1) this.#numbers.set(name, { type, data });
    this.#constants.set(key, name);
    return name;
  }

  /** A constant of one number with other axes; undefined when `name` is anything else. */
  reshapedNumber(name: string, dims: readonly number[]): string | undefined {
    const number = this.#numbers.get(name);
    return number && this.constant(number.type, dims, number.data);
  }

  /** A list of int64, as shapes, axes and pads are given. */
  ints(values: readonly number[]): string {
    return this.constant("int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A shape that comes in as an input of its own. */
  shape(dims: readonly number[]): string {
    const name = `shape:${dims.join("x")}`;
    if (!this.#shapes.has(name)) {
      this.#shapes.set(name, dims);
      this.input(name, "int64", [dims.length]);
    }
    return name;
  }

  /** The shapes that must be given to each run, by input name. */
  get shapes(): ReadonlyMap<string, readonly number[]> {
    return this.#shapes;
  }

  /** A float32 number of rank 0. */
  float(value: number): string {
    return this.constant("float32", [], Float32Array.of(value));
  }

  /** Whether a convolution or product has weights that no run changes, and many: ONNX Runtime lays those out anew. */
  get hasFixedWeights(): boolean {
    const fixed = new Set(
      this.#initializers.filter(({ data }) => data.length >= MANY_WEIGHTS).map(({ name }) => name),
    );
    return this.#nodes.some(
      ({ opType, input }) =>
        /^(Conv|ConvTranspose|MatMul|FusedMatMul)$/.test(opType) && fixed.has(input[1]!),
    );
  }

  get nodeTypes(): readonly string[] {
    return this.#nodes.map(({ opType }) => opType);
  }

  encode(): Uint8Array {
    const named = (names: readonly string[]) =>
      names.map((name) => this.#renamed.get(name) ?? name);
    const used = new Set(this.#nodes.flatMap(({ input }) => input));
    const isStandard = this.#nodes.every(({ domain }) => domain === "");
    return encodeModel({
      irVersion: 9,
      producerName: "counterlab",
      opsetImport: [
        { domain: "", version: 18 },
        ...(isStandard ? [] : [{ domain: "com.microsoft", version: 1 }]),
      ],
      graph: {
        name: "graph",
        node: this.#nodes.map(({ origin, opType, domain, input, output, attributes }, index) => ({
          opType,
          domain,
          input: named(input),
          output: named(output),
          name: `${origin}/${opType}#${index}`,
          attribute: Object.entries(attributes).map(([name, value]) =>
            encodeAttribute(name, value),
          ),
        })),
        initializer: this.#initializers
          .filter(({ name }) => used.has(name))
          .map(({ name, type, dims, data }) => ({
            name,
            dims,
            dataType: DATA_TYPE[type],
            rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          })),
        input: this.#inputs.map(valueInfo),
        output: this.#outputs.map(valueInfo),
      },
    });
  }
}

function valueInfo({ name, type, dims }: OnnxTensor) {
  const dim = dims.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } } };
}

function encodeAttribute(name: string, value: OnnxAttribute) {
  if (typeof value === "number") return { name, i: value, type: ATTRIBUTE_TYPE.int };
  if (typeof value === "string") {
    return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.string };
  }
  if ("float" in value) return { name, f: value.float, type: ATTRIBUTE_TYPE.float };
  if ("floats" in value) return { name, floats: value.floats, type: ATTRIBUTE_TYPE.floats };
  return { name, ints: value, type: ATTRIBUTE_TYPE.ints };
}
