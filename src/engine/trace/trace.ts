import * as tf from "@tensorflow/tfjs-core";
import { constantFrom } from "../constant.ts";
import { TraceError } from "../errors.ts";
import type { Graph, TensorSpec, Value } from "../graph.ts";
import { makeNode } from "../graph.ts";
import { requireOutputs } from "./outputs.ts";
import { patchEngine } from "./patch-engine.ts";
import { registerTracingKernels } from "./tracing-kernels.ts";
import { requireDType, TracingBackend } from "./tracing-backend.ts";

/** A function in plain tf.js code: named tensors in, named tensors out. */
export type TracedFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** One recorded run of a function. */
export interface Trace {
  /** Its states' ids are places in `variables`. */
  readonly graph: Graph;
  readonly variables: readonly tf.Variable[];
  /** First values of the variables that the function made itself (optimizer slots), by state id. */
  readonly initials: ReadonlyMap<number, Value>;
}

/**
 * Runs `fn` once on symbolic tensors and records every kernel, those of gradients and optimizers included. Variables
 * that `fn` assigns get their eager values back; variables that it makes stay, filled with zeros.
 */
export function trace(fn: TracedFunction, inputs: Readonly<Record<string, TensorSpec>>): Trace {
  const engine = tf.engine();
  if (engine.backend instanceof TracingBackend) {
    throw new TraceError(
      "compile() was called inside a function that is being compiled.",
      undefined,
    );
  }
  registerTracingKernels();

  const existing = Object.values(engine.registeredVariables);
  const keptValues = existing.map((variable) => tf.keep(tf.clone(variable)));
  const eagerVariables = new Map(existing.map((variable) => [variable.dataId, variable]));
  const eagerIds = new Map(existing.map((variable) => [variable, variable.dataId]));
  const variables: tf.Variable[] = [];
  const befores: Value[] = [];
  const initials = new Map<number, Value>();

  const addState = (variable: tf.Variable): Value => {
    const { shape, dtype } = variable;
    const spec = { shape, dtype: requireDType(dtype) };
    const id = variables.push(variable) - 1;
    const before = tracer.add(makeNode("State", {}, { id }, [spec]));
    befores.push(before);
    return before;
  };
  const tracer: TracingBackend = new TracingBackend(engine.backend, (tensor) => {
    const variable = eagerVariables.get(tensor.dataId);
    if (variable !== undefined) return addState(variable);
    // Made outside and captured: its numbers become part of the program.
    const { shape, dtype } = tensor;
    const spec = { shape, dtype: requireDType(dtype) };
    const values = patch.readEager(tensor.dataId) as Float32Array;
    return tracer.add(makeNode("Constant", {}, { constant: constantFrom(values, spec) }, [spec]));
  });
  const patch = patchEngine(tracer, {
    isVariable: (dataId) => eagerVariables.has(dataId),
    // An optimizer's slots have no names, only zeros of the variable that they belong to. Checkpoints need names.
    nameOf: (initial) => {
      const { node } = tracer.resolve({ ...specOf(initial), dataId: initial.dataId });
      const owner = node.op === "ZerosLike" ? node.inputs["x"]!.node : node;
      if (owner.op !== "State") return undefined;
      const { name } = variables[owner.attributes["id"] as number]!;
      let slot = 0;
      while (`${name}/slot${slot}` in engine.registeredVariables) slot++;
      return `${name}/slot${slot}`;
    },
    onVariable: (variable) => {
      const initial = tracer.resolve({ ...specOf(variable), dataId: variable.dataId });
      const before = addState(variable);
      initials.set(variables.length - 1, initial);
      variable.assign(engine.makeTensorFromTensorInfo(tracer.tensorOf(before), tracer));
    },
  });

  try {
    let graph: Graph | undefined;
    engine.tidy(() => {
      const inputValues: Record<string, Value> = {};
      const inputTensors: Record<string, tf.Tensor> = {};
      for (const [name, spec] of Object.entries(inputs)) {
        const value = tracer.add(makeNode("Input", {}, { name }, [spec]));
        inputValues[name] = value;
        inputTensors[name] = engine.makeTensorFromTensorInfo(tracer.tensorOf(value), tracer);
      }
      const outputs: Record<string, Value> = {};
      for (const [name, tensor] of Object.entries(requireOutputs(fn(inputTensors)))) {
        outputs[name] = tracer.resolve({ ...specOf(tensor), dataId: tensor.dataId });
      }
      patch.throwFailure();
      const assigned = existing.filter(
        (variable) => !variable.isDisposed && variable.dataId !== eagerIds.get(variable),
      );
      for (const variable of assigned) if (!variables.includes(variable)) addState(variable);
      const states = variables.map((variable, id) => {
        const before = befores[id]!;
        if (variable.isDisposed || variable.dataId === eagerIds.get(variable)) {
          return { id, before, after: undefined };
        }
        const after = tracer.resolve({ ...specOf(variable), dataId: variable.dataId });
        return { id, before, after: after === before ? undefined : after };
      });
      graph = { nodes: tracer.nodes, inputs: inputValues, outputs, states };
    });
    return { graph: graph!, variables, initials };
  } finally {
    patch.restore();
    for (const [index, variable] of existing.entries()) {
      const kept = keptValues[index]!;
      if (!variable.isDisposed && variable.dataId !== eagerIds.get(variable)) variable.assign(kept);
      kept.dispose();
    }
    for (const variable of variables) {
      if (variable.isDisposed || !tracer.isOwn(variable.dataId)) continue;
      tf.tidy(() => {
        variable.assign(tf.zeros(variable.shape, variable.dtype));
      });
    }
  }
}

function specOf({ shape, dtype }: tf.Tensor): TensorSpec {
  return { shape, dtype: requireDType(dtype) };
}
