import type { DType } from "../graph.ts";

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

export interface LoadRequest {
  readonly kind: "load";
  readonly program: number;
  readonly model: Uint8Array;
  readonly device: "cpu" | "webgpu" | "cuda";
  readonly numThreads: number;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly states: readonly StateLink[];
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Where optimized graphs are kept between processes; undefined for nowhere. */
  readonly cacheDir: string | undefined;
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

/** An answer on its way back: a result or the message of an error. */
export type Answer =
  | { readonly id: number; readonly result: Elements | Elements[] | Profile | boolean | undefined }
  | { readonly id: number; readonly error: string };
