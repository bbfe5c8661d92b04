// Runs in a worker thread: the user's own tf.js, with TensorFlow under it, computes programs kernel by kernel. Its calls
// return when they have computed, so on the main thread they would stop the event loop.
import util from "node:util";
import { workerData } from "node:worker_threads";
import type * as tfjs from "@tensorflow/tfjs-core";
import type { DType } from "../graph.ts";
import type { Engine } from "./compute-thread.ts";
import type { Elements, GraphWork, LoadRequest, Profile, Request, Result } from "./messages.ts";
import { serveRequests } from "./serve-requests.ts";
import { slotOf } from "./slot-of.ts";
import type { TfjsProgram } from "./tfjs-program.ts";
import { prepareProgram } from "./tfjs-program.ts";

type Tf = typeof tfjs;
type Load = LoadRequest<GraphWork>;

interface Slot {
  readonly dtype: DType;
  readonly dims: readonly number[];
  current: tfjs.Tensor;
}

const programs = new Map<number, { readonly spec: Load; readonly program: TfjsProgram }>();
const slots = new Map<number, Slot>();

let loading: Promise<Tf> | undefined;
const loadTf = () =>
  (loading ??= importTf((workerData as Extract<Engine, { name: "tfjs" }>).module));

async function importTf(module: string): Promise<Tf> {
  // tfjs-node 4.22 calls two functions of old Nodes: one is gone since Node 23, one warns. The fix was merged and never
  // released (tfjs issue 8609). What is set here is set for this thread alone.
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
  const loaded = (await import(module)) as Tf & { readonly default?: Tf };
  const tf = loaded.default ?? loaded;
  await tf.ready();
  return tf;
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A copy: what a backend gives out may be its own memory, and answers move theirs. */
function elementsOf(tensor: tfjs.Tensor, dtype: DType): Elements {
  return new arrays[dtype](tensor.dataSync());
}

function makeTensor(tf: Tf, dtype: DType, data: Elements, dims: readonly number[]): tfjs.Tensor {
  return tf.tensor(data, [...dims], dtype);
}

/** Runs once on copies of the inputs and on the variables as they are. */
function compute(
  tf: Tf,
  id: number,
  inputs: readonly Elements[],
  onKernel?: Parameters<TfjsProgram["run"]>[1],
): { readonly spec: Load; readonly results: Map<string, tfjs.Tensor> } {
  const { spec, program } = programs.get(id)!;
  const ports = new Map<string, tfjs.Tensor>();
  for (const { slot, before } of spec.states) {
    const { current } = slotOf(slots, slot);
    if (before !== undefined) ports.set(before, current);
  }
  const given = spec.inputs.map(({ name, dtype, dims }, index) => {
    const tensor = makeTensor(tf, dtype, inputs[index]!, dims);
    ports.set(name, tensor);
    return tensor;
  });
  try {
    return { spec, results: program.run(ports, onKernel) };
  } finally {
    for (const tensor of given) tensor.dispose();
  }
}

function run(tf: Tf, id: number, inputs: readonly Elements[]): Elements[] {
  const { spec, results } = compute(tf, id, inputs);
  for (const { slot: slotId, after } of spec.states) {
    if (after === undefined) continue;
    const slot = slots.get(slotId)!;
    slot.current.dispose();
    slot.current = results.get(after)!;
  }
  return spec.outputs.map(({ name, dtype }) => {
    const tensor = results.get(name)!;
    const elements = elementsOf(tensor, dtype);
    tensor.dispose();
    return elements;
  });
}

/** Times the calls; a GPU may still compute when they return. */
function profile(tf: Tf, id: number, inputs: readonly Elements[], runs: number): Profile {
  const times = new Map<
    number,
    { name: string; kernel: string; ms: number; shape: readonly number[] }
  >();
  // The first run also prepares.
  for (let count = 0; count <= runs; count++) {
    const { results } = compute(tf, id, inputs, ({ op, outputs }, place, ms) => {
      if (count === 0) return;
      const known = times.get(place)?.ms ?? 0;
      const { shape } = outputs[0]!;
      times.set(place, { name: `${op}#${place}`, kernel: op, ms: known + ms / runs, shape });
    });
    for (const tensor of results.values()) tensor.dispose();
  }
  const nodes = [...times.values()].sort((a, b) => b.ms - a.ms);
  return { runMs: nodes.reduce((sum, { ms }) => sum + ms, 0), nodes };
}

async function answer(request: Request): Promise<Result> {
  const tf = await loadTf();
  switch (request.kind) {
    case "load": {
      const spec = request as Load;
      programs.set(spec.program, { spec, program: prepareProgram(tf, spec.work) });
      return false;
    }
    case "run":
      return run(tf, request.program, request.inputs);
    case "profile":
      return profile(tf, request.program, request.inputs, request.runs);
    case "write": {
      const { slot, dtype, dims, data } = request;
      slots.get(slot)?.current.dispose();
      slots.set(slot, { dtype, dims, current: makeTensor(tf, dtype, data, dims) });
      return undefined;
    }
    case "read": {
      const { current, dtype } = slots.get(request.slot)!;
      return elementsOf(current, dtype);
    }
    case "drop":
      slots.get(request.slot)?.current.dispose();
      slots.delete(request.slot);
      return undefined;
    case "unload":
      programs.get(request.program)?.program.dispose();
      programs.delete(request.program);
      return undefined;
  }
}

serveRequests(answer);
