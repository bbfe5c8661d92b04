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
  readonly device: "cpu" | "webgpu";
  readonly numThreads: number;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly states: readonly StateLink[];
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Where to write ONNX Runtime's profile, for the benchmarks. */
  readonly profilePrefix: string | undefined;
}

/** Requests to the computing thread and what it answers, tied together. */
export interface Exchanges {
  readonly load: { readonly request: LoadRequest; readonly reply: undefined };
  readonly run: {
    readonly request: {
      readonly kind: "run";
      readonly program: number;
      readonly inputs: readonly Elements[];
    };
    readonly reply: Elements[];
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
  | { readonly id: number; readonly result: Elements | Elements[] | undefined }
  | { readonly id: number; readonly error: string };
