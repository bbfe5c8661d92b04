import type { DType, TensorSpec } from "./graph.ts";
import { sizeOf } from "./graph.ts";
import { RunInputError } from "./errors.ts";
import type { Port } from "./onnx/lower-graph.ts";
import type { ComputeThread } from "./runtimes/compute-thread.ts";
import type { Elements, Profile } from "./runtimes/messages.ts";
import type { Slot, StateStore } from "./state-store.ts";

/** An input of a compiled function: its shape alone (float32), or shape and dtype. */
export type InputSpec =
  readonly number[] | { readonly shape: readonly number[]; readonly dtype?: DType };

/** Elements in row-major order: Float32Array, Int32Array, or Uint8Array for bool; a plain number for shape []. */
export type RunInputs = Readonly<Record<string, Elements | number>>;

export interface RunOutput {
  readonly data: Elements;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** How many nodes each stage left, in all and by operation. */
export interface ProgramStatistics {
  readonly recorded: Readonly<Record<string, number>>;
  readonly live: Readonly<Record<string, number>>;
  readonly onnx: Readonly<Record<string, number>>;
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes that the operations of one run read and write. */
  readonly bytes: number;
  /** Bytes of the variables that it reads or writes. */
  readonly stateBytes: number;
  /** Whether the compiled graph came from the cache. */
  readonly fromCache: boolean;
  readonly compileMs: { readonly trace: number; readonly lower: number; readonly load: number };
}

/** A compiled function. It runs on another thread: the event loop stays free. */
export class Program {
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly statistics: ProgramStatistics;
  readonly #id: number;
  readonly #outputPorts: readonly Port[];
  readonly #slots: readonly Slot[];
  readonly #store: StateStore;
  readonly #thread: ComputeThread;

  constructor(
    thread: ComputeThread,
    store: StateStore,
    parts: {
      readonly id: number;
      readonly inputs: Readonly<Record<string, TensorSpec>>;
      readonly outputs: Readonly<Record<string, TensorSpec>>;
      readonly outputPorts: readonly Port[];
      readonly slots: readonly Slot[];
      readonly statistics: ProgramStatistics;
    },
  ) {
    this.#thread = thread;
    this.#store = store;
    this.#id = parts.id;
    this.#outputPorts = parts.outputPorts;
    this.#slots = parts.slots;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.statistics = parts.statistics;
  }

  /**
   * Runs once. Runs of one runtime follow each other in the order of the calls, so a training step and an evaluation
   * that are both under way never see half-updated variables.
   */
  async run(inputs: RunInputs = {}): Promise<Record<string, RunOutput>> {
    const elements = this.#checked(inputs);
    const sent = this.#slots.map((slot) => this.#store.send(slot));
    const ran = this.#thread.request({ kind: "run", program: this.#id, inputs: elements });
    const [results] = await Promise.all([ran, ...sent]);
    return Object.fromEntries(
      this.#outputPorts.map(({ name, shape, dtype }, index) => [
        name.slice("output:".length),
        { data: results[index]!, shape, dtype },
      ]),
    );
  }

  /**
   * Measures where the time of a run goes, in a session of its own. Variables stay as they are.
   *
   * @param options `runs`: how many are averaged, after one that is not counted; 3 when omitted.
   */
  async profile(
    inputs: RunInputs = {},
    { runs = 3 }: { readonly runs?: number } = {},
  ): Promise<Profile> {
    const elements = this.#checked(inputs);
    const sent = this.#slots.map((slot) => this.#store.send(slot));
    const request = { kind: "profile", program: this.#id, inputs: elements, runs } as const;
    const [profile] = await Promise.all([this.#thread.request(request), ...sent]);
    return profile;
  }

  /** Frees the compiled graph; variables stay with the runtime. */
  async dispose(): Promise<void> {
    await this.#thread.request({ kind: "unload", program: this.#id });
  }

  #checked(given: RunInputs): Elements[] {
    const names = Object.keys(this.inputs);
    for (const name of Object.keys(given)) {
      if (!names.includes(name)) {
        throw new RunInputError(
          `run: there is no input "${name}"; this program takes ${names.join(", ") || "none"}.`,
        );
      }
    }
    return names.map((name) => checkedInput(name, this.inputs[name]!, given[name]));
  }
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function checkedInput(
  name: string,
  spec: TensorSpec,
  given: Elements | number | undefined,
): Elements {
  const { shape, dtype } = spec;
  const elements = ARRAYS[dtype];
  if (given === undefined) {
    throw new RunInputError(
      `run: the input "${name}" is missing; give a ${elements.name} of shape [${shape.join(", ")}].`,
    );
  }
  const size = sizeOf(shape);
  if (typeof given === "number") {
    if (size === 1) return elements.of(given);
    throw new RunInputError(`run: the input "${name}" is one number, ${size} are needed.`);
  }
  if (!(given instanceof elements)) {
    throw new RunInputError(
      `run: the input "${name}" (${dtype}) takes a ${elements.name}, not a ${(given as object).constructor.name}.`,
    );
  }
  if (given.length !== size) {
    throw new RunInputError(
      `run: the input "${name}" of shape [${shape.join(", ")}] takes ${size} numbers, ${given.length} were given. ` +
        "A program has fixed shapes: compile another for another batch size.",
    );
  }
  return given;
}
