import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "../errors.ts";
import { callSite } from "./call-site.ts";
import { TRACING_BACKEND_NAME } from "./tracing-kernels.ts";
import { dataReadError } from "./tracing-backend.ts";
import type { TracingBackend } from "./tracing-backend.ts";

// What tf.js's Engine has, without its `private` marks.
interface EngineInternals {
  backendName: string;
  backendInstance: tf.KernelBackend;
  readSync(dataId: object): tf.BackendValues;
  read(dataId: object): Promise<tf.BackendValues>;
  makeVariable(
    initial: tf.Tensor,
    trainable?: boolean,
    name?: string,
    dtype?: tf.DataType,
  ): tf.Variable;
}

/** What stands changed while a trace runs. */
export interface EnginePatch {
  /** Reads a tensor of the eager backend, past the ban on reading. */
  readEager(dataId: object): tf.BackendValues;
  /** Throws what an asynchronous read could not throw itself. */
  throwFailure(): void;
  restore(): void;
}

/**
 * Makes the tracer tf.js's backend, names and reports every variable made, and forbids what would be baked in silently: reading
 * data that only a run has, and Math.random.
 */
export function patchEngine(
  tracer: TracingBackend,
  {
    isVariable,
    nameOf,
    onVariable,
  }: {
    isVariable: (dataId: object) => boolean;
    nameOf: (initial: tf.Tensor) => string | undefined;
    onVariable: (variable: tf.Variable) => void;
  },
): EnginePatch {
  const engine = tf.engine() as unknown as EngineInternals;
  const { backendName, backendInstance } = engine;
  const original = {
    readSync: engine.readSync.bind(engine),
    makeVariable: engine.makeVariable.bind(engine),
    random: Math.random,
  };
  let failure: Error | undefined;

  const readSync = (dataId: object) => {
    if (isVariable(dataId)) throw dataReadError();
    return original.readSync(dataId);
  };
  engine.backendName = TRACING_BACKEND_NAME;
  engine.backendInstance = tracer;
  engine.readSync = readSync;
  engine.read = async (dataId) => {
    try {
      return await Promise.resolve(readSync(dataId));
    } catch (error) {
      // A rejection would surface after the trace as an unhandled one: keep it, never settle.
      failure ??= error as Error;
      return new Promise<never>(() => undefined);
    }
  };
  engine.makeVariable = (initial, trainable, name, dtype) => {
    const variable = original.makeVariable(initial, trainable, name ?? nameOf(initial), dtype);
    onVariable(variable);
    return variable;
  };
  Math.random = () => {
    throw new TraceError(
      "Randomness inside a compiled function (Math.random, tf.randomNormal, tf.dropout, an initializer) would give the " +
        "same numbers in every run. Pass noise as an input, drawn with normal(key, n), and make weights before compile().",
      callSite(),
    );
  };

  return {
    readEager: original.readSync,
    throwFailure: () => {
      if (failure !== undefined) throw failure;
    },
    restore: () => {
      engine.backendName = backendName;
      engine.backendInstance = backendInstance;
      // The originals live on the prototype; what we set are own properties.
      for (const name of ["readSync", "read", "makeVariable"]) Reflect.deleteProperty(engine, name);
      Math.random = original.random;
    },
  };
}
