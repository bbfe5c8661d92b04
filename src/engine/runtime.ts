import "./eager.ts";
import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "./errors.ts";
import type { CompiledGraph } from "./compiled-graph.ts";
import { compileGraph, decodeCompiled, encodeCompiled } from "./compiled-graph.ts";
import type { Graph, TensorSpec } from "./graph.ts";
import { constantOf, countByOp, makeConstant, sizeOf } from "./graph.ts";
import { constantFrom } from "./constant.ts";
import type { FormedProgram } from "./form-program.ts";
import { lowerGraph } from "./onnx/lower-graph.ts";
import type { Port } from "./onnx/lower-graph.ts";
import { identityPerm } from "./onnx/layout.ts";
import { optimize } from "./passes/index.ts";
import { rewrite } from "./passes/rewrite.ts";
import { stateOrders } from "./passes/state-orders.ts";
import type { InputSpec } from "./program.ts";
import { Program } from "./program.ts";
import { ComputeThread } from "./runtimes/compute-thread.ts";
import { engineSources } from "./runtimes/engine-sources.ts";
import { GraphCache } from "./runtimes/graph-cache.ts";
import type { ComputeDevice, Elements } from "./runtimes/messages.ts";
import { spellGraph } from "./spell-graph.ts";
import type { Slot } from "./state-store.ts";
import { StateStore } from "./state-store.ts";
import type { Trace, TracedFunction } from "./trace/trace.ts";
import { trace } from "./trace/trace.ts";

// What is smaller compiles in less time than it takes to look it up.
const MANY_NODES = 1000;

/** Where programs run: a thread with ONNX Runtime or TensorFlow in it, and the values of the variables that they share. */
export class Runtime {
  readonly device: ComputeDevice;
  /** Why this device. */
  readonly reason: string;
  readonly numThreads: number;
  readonly #thread: ComputeThread;
  readonly #store: StateStore;
  readonly #cacheDir: string | undefined;
  #cache: GraphCache | undefined;
  #nextProgram = 0;

  constructor(
    thread: ComputeThread,
    options: {
      readonly device: ComputeDevice;
      readonly reason: string;
      readonly numThreads: number;
      readonly cacheDir?: string | undefined;
    },
  ) {
    this.#cacheDir = options.cacheDir;
    this.#thread = thread;
    this.#store = new StateStore(thread);
    this.device = options.device;
    this.reason = options.reason;
    this.numThreads = options.numThreads;
  }

  /** Every tf.Variable that a program of this runtime reads or writes, optimizer slots included. */
  get variables(): readonly tf.Variable[] {
    return this.#store.variables;
  }

  /**
   * Compiles plain tf.js code: traces `fn` once on symbolic tensors of the given shapes. What it reads from tf.Variables
   * is read anew in each run, what it assigns to them (directly or through an optimizer) is kept for the next.
   * JavaScript values, among them an optimizer's learning rate and conditions, are fixed at this moment.
   *
   * @param options `inputs`: shape and dtype (float32 when omitted) by name.
   */
  async compile(
    fn: TracedFunction,
    { inputs = {} }: { readonly inputs?: Readonly<Record<string, InputSpec>> } = {},
  ): Promise<Program> {
    await this.#store.sweep();
    const start = performance.now();
    const specs = Object.fromEntries(
      Object.entries(inputs).map(([name, spec]) => [name, parseInput(name, spec)]),
    );
    const traced = trace(fn, specs);
    const traceEnd = performance.now();
    const { compiled, slots, isKnown } = this.#compiled(traced);
    const { formed, ...about } = compiled;
    const lowerEnd = performance.now();
    await this.#initialize(traced, slots);
    const { id, fromCache } = await this.#load(formed, slots);
    return new Program(this.#thread, this.#store, {
      id,
      inputs: specs,
      outputs: about.outputs,
      outputPorts: formed.outputs,
      slots: [...slots.values()],
      statistics: {
        recorded: countByOp(traced.graph),
        ...about,
        fromCache: isKnown || fromCache,
        compileMs: {
          trace: traceEnd - start,
          lower: lowerEnd - traceEnd,
          load: performance.now() - lowerEnd,
        },
      },
    });
  }

  /**
   * Writes plain tf.js code with the variables' current values as a model of the ONNX standard (opset 18), which
   * onnxruntime-web runs in a browser. Inputs and outputs have the names that they have here.
   *
   * @returns The bytes of an .onnx file.
   */
  async exportOnnx(
    fn: TracedFunction,
    { inputs = {} }: { readonly inputs?: Readonly<Record<string, InputSpec>> } = {},
  ): Promise<Uint8Array> {
    const specs = Object.fromEntries(
      Object.entries(inputs).map(([name, spec]) => [name, parseInput(name, spec)]),
    );
    const { graph, variables } = trace(fn, specs);
    const clash = Object.keys(graph.outputs).find((name) => name in specs);
    if (clash !== undefined) {
      throw new TraceError(
        `exportOnnx: "${clash}" is an input and an output; rename one.`,
        undefined,
      );
    }
    const values = new Map<number, Elements>();
    for (const { id } of graph.states) values.set(id, await this.#store.read(variables[id]!));
    return lowerGraph(
      optimize(withConstants(graph, values)),
      (_, shape) => identityPerm(shape.length),
      {
        isPlain: true,
      },
    ).model;
  }

  /** The variable's current value, row by row: what programs have made of it, or the eager one that none has read. */
  async readVariable(variable: tf.Variable): Promise<Float32Array> {
    return (await this.#store.read(variable)) as Float32Array;
  }

  /** Sets a variable for programs and for eager tf.js. */
  async writeVariable(variable: tf.Variable, data: Elements): Promise<void> {
    await this.#store.assign(variable, data);
  }

  /** Copies what programs have made of the variables back into eager tf.js. All of them when omitted. */
  async pullVariables(variables: readonly tf.Variable[] = this.variables): Promise<void> {
    for (const variable of variables) await this.#store.pull(variable);
  }

  /** Ends the thread and frees all programs. */
  async dispose(): Promise<void> {
    await this.#thread.dispose();
  }

  #optimized(graph: Graph): Graph {
    return optimize(graph, { fusesBias: this.device !== "tensorflow" });
  }

  /** A traced graph in its device's form, made now or by an earlier process. */
  #compiled({ graph: recorded, variables }: Trace): {
    readonly compiled: CompiledGraph;
    readonly slots: Map<number, Slot>;
    readonly isKnown: boolean;
  } {
    const options = this.#formOptions;
    const isLarge = recorded.nodes.length >= MANY_NODES;
    const cache = isLarge ? this.#openCache() : undefined;
    // Variables that other programs use already keep their memory order.
    const stored = variables.map((variable) => this.#store.find(variable)?.perm ?? null);
    const key = cache?.keyOf(`${JSON.stringify(stored)} ${spellGraph(recorded)}`);
    const known = key === undefined ? undefined : cache?.read(key);
    if (known !== undefined) {
      const compiled = decodeCompiled(known, options);
      const slots = compiled.formed.states.map(
        ({ id, perm }) => [id, this.#store.slot(variables[id]!, perm)] as const,
      );
      return { compiled, slots: new Map(slots), isKnown: true };
    }
    const graph = this.#optimized(recorded);
    const slots = this.#slotsOf(graph, variables);
    const compiled = compileGraph(graph, (id) => slots.get(id)!.perm, options);
    const bytes = key === undefined ? undefined : encodeCompiled(compiled);
    if (bytes !== undefined) cache!.write(key!, bytes);
    return { compiled, slots, isKnown: false };
  }

  #openCache(): GraphCache | undefined {
    if (this.#cacheDir === undefined || this.device !== "cpu") return undefined;
    this.#cache ??= new GraphCache(this.#cacheDir, [engineSources(), tf.version_core]);
    return this.#cache;
  }

  get #formOptions() {
    return { device: this.device, numThreads: this.numThreads, cacheDir: this.#cacheDir };
  }

  #slotsOf(graph: Graph, variables: readonly tf.Variable[]): Map<number, Slot> {
    const orders = this.device === "tensorflow" ? new Map<number, never>() : stateOrders(graph);
    return new Map(
      graph.states.map(({ id, before }) => {
        const perm = orders.get(id) ?? identityPerm(before.shape.length);
        return [id, this.#store.slot(variables[id]!, perm)];
      }),
    );
  }

  // Variables that the function made itself start from what it made them of.
  async #initialize(traced: Trace, slots: ReadonlyMap<number, Slot>): Promise<void> {
    const made = [...traced.initials].filter(([id]) => slots.has(id));
    if (made.length === 0) return;
    const outputs = Object.fromEntries(made.map(([id, value]) => [String(id), value]));
    const states = traced.graph.states.map((state) => ({ ...state, after: undefined }));
    const graph = this.#optimized({ nodes: traced.graph.nodes, inputs: {}, outputs, states });
    const input = graph.nodes.find(({ op }) => op === "Input");
    if (input !== undefined) {
      throw new TraceError(
        `A variable made inside the compiled function starts from the input "${String(input.attributes["name"])}". ` +
          "Make it before compile() and assign it inside.",
        undefined,
      );
    }
    const values = Object.values(graph.outputs);
    const isZero = values.every((value) => {
      const constant = constantOf(value);
      return constant !== undefined && "fill" in constant && constant.fill === 0;
    });
    // The trace left zeros in them: send() finds those.
    if (isZero) return;
    const sources = this.#slotsOf(graph, traced.variables);
    const { formed } = compileGraph(graph, (id) => sources.get(id)!.perm, this.#formOptions);
    const { id } = await this.#load(formed, sources);
    const results = await this.#thread.request({ kind: "run", program: id, inputs: [] });
    await this.#thread.request({ kind: "unload", program: id });
    for (const [index, { name }] of formed.outputs.entries()) {
      const variable = traced.variables[Number(name.slice("output:".length))]!;
      await this.#store.assign(variable, results[index]!);
    }
  }

  async #load(
    { work, inputs, outputs, states }: FormedProgram,
    slots: ReadonlyMap<number, Slot>,
  ): Promise<{ id: number; fromCache: boolean }> {
    for (const slot of slots.values()) await this.#store.send(slot);
    const program = this.#nextProgram++;
    const port = ({ name, dtype, shape }: Port) => ({ name, dtype, dims: shape });
    const fromCache = await this.#thread.request({
      kind: "load",
      program,
      work,
      inputs: inputs.map(port),
      outputs: outputs.map(port),
      states: states.map(({ id, before, after }) => ({ slot: slots.get(id)!.id, before, after })),
    });
    return { id: program, fromCache };
  }
}

/** The graph with the values of its variables in it; what it assigns is left out. */
function withConstants(graph: Graph, values: ReadonlyMap<number, Elements>): Graph {
  const fixed = rewrite(graph, (node, emit) => {
    if (node.op !== "State") return emit(node).outputs;
    const data = values.get(node.attributes["id"] as number)!;
    return emit(makeConstant(constantFrom(data, node.outputs[0]!), node.outputs[0]!)).outputs;
  });
  return { ...fixed, states: [] };
}

function parseInput(name: string, spec: InputSpec): TensorSpec {
  const { shape, dtype = "float32" } = isShape(spec) ? { shape: spec } : spec;
  if (shape.some((dim) => !Number.isInteger(dim) || dim < 1)) {
    throw new TraceError(
      `compile: the input "${name}" has shape [${shape.join(", ")}]; every length must be an integer from 1.`,
      undefined,
    );
  }
  if (sizeOf(shape) > 2 ** 31) {
    throw new TraceError(`compile: the input "${name}" has more than 2^31 elements.`, undefined);
  }
  return { shape, dtype };
}

function isShape(spec: InputSpec): spec is readonly number[] {
  return Array.isArray(spec);
}
