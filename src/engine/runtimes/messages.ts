import type { Attributes, DType, TensorSpec } from "../graph.ts";

/** What computes in the end. */
export type ComputeDevice = "cpu" | "webgpu" | "cuda" | "tensorflow";

/** Elements as they cross to the thread that computes; bool is one byte each. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/** A tensor that goes in or out under a name of the ONNX model. */
export interface PortSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** Which stored tensor a model reads as `before` and replaces by `after`. */
export interface StateLink {
  readonly slot: number;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A program for ONNX Runtime. */
export interface OnnxWork {
  readonly form: "onnx";
  readonly model: Uint8Array;
  readonly device: Exclude<ComputeDevice, "tensorflow">;
  readonly numThreads: number;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Whether ONNX Runtime optimizes it. */
  readonly isOptimized: boolean;
  /** Where optimized graphs are kept between processes; undefined for nowhere. */
  readonly cacheDir: string | undefined;
}

/** One output of one node, by their places. */
export type FlatValue = readonly [node: number, output: number];

/** One kernel call of a program for tf.js, in order; inputs and states are read from the port in `attributes.name`. */
export interface FlatNode {
  readonly op: string;
  readonly inputs: Readonly<Record<string, FlatValue>>;
  readonly attributes: Attributes;
  readonly outputs: readonly TensorSpec[];
}

/** A program for tf.js itself, kernel by kernel. */
export interface GraphWork {
  readonly form: "graph";
  readonly nodes: readonly FlatNode[];
  /** By the names of output ports and of states after the run. */
  readonly results: Readonly<Record<string, FlatValue>>;
}

export interface LoadRequest<Work = OnnxWork | GraphWork> {
  readonly kind: "load";
  readonly program: number;
  readonly work: Work;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly states: readonly StateLink[];
}

/** One ONNX node in a profile. */
export interface ProfiledNode {
  /** "tf.js kernel/ONNX operation#number"; ONNX Runtime renames what it fuses. */
  readonly name: string;
  /** The tf.js kernel that it belongs to, or the ONNX operation when ONNX Runtime has made the node itself. */
  readonly kernel: string;
  /** Milliseconds a run. */
  readonly ms: number;
  /** Of its first output. */
  readonly shape: readonly number[];
}

/** Where the time of a run goes, the slowest first. */
export interface Profile {
  /** All nodes together, a run. */
  readonly runMs: number;
  readonly nodes: readonly ProfiledNode[];
}

/** Requests to the computing thread and what it answers, tied together. */
export interface Exchanges {
  /** Answers whether the graph came from the cache. */
  readonly load: { readonly request: LoadRequest; readonly reply: boolean };
  readonly run: {
    readonly request: {
      readonly kind: "run";
      readonly program: number;
      readonly inputs: readonly Elements[];
    };
    readonly reply: Elements[];
  };
  readonly profile: {
    readonly request: {
      readonly kind: "profile";
      readonly program: number;
      readonly inputs: readonly Elements[];
      readonly runs: number;
    };
    readonly reply: Profile;
  };
  readonly write: {
    readonly request: {
      readonly kind: "write";
      readonly slot: number;
      readonly dtype: DType;
      readonly dims: readonly number[];
      readonly data: Elements;
    };
    readonly reply: undefined;
  };
  readonly read: {
    readonly request: { readonly kind: "read"; readonly slot: number };
    readonly reply: Elements;
  };
  readonly drop: {
    readonly request: { readonly kind: "drop"; readonly slot: number };
    readonly reply: undefined;
  };
  readonly unload: {
    readonly request: { readonly kind: "unload"; readonly program: number };
    readonly reply: undefined;
  };
}

export type Request = Exchanges[keyof Exchanges]["request"];
export type Reply<Kind extends keyof Exchanges> = Exchanges[Kind]["reply"];

/** What any request is answered with. */
export type Result = Elements | Elements[] | Profile | boolean | undefined;

/** An answer on its way back: a result or the message of an error. */
export type Answer =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string };
