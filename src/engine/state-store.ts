import * as tf from "@tensorflow/tfjs-core";
import { RunInputError } from "./errors.ts";
import type { DType } from "./graph.ts";
import { sizeOf } from "./graph.ts";
import { inversePerm } from "./onnx/layout.ts";
import { permuteElements } from "./permute.ts";
import type { ComputeThread } from "./runtimes/compute-thread.ts";
import type { Elements } from "./runtimes/messages.ts";
import { requireDType } from "./trace/tracing-backend.ts";

/** Where the runtime keeps one tf.Variable. */
export interface Slot {
  readonly id: number;
  readonly variable: tf.Variable;
  readonly dtype: DType;
  /** Axis j in memory is the variable's axis perm[j]. */
  readonly perm: readonly number[];
  /** The eager data that was sent last: other data means that the user has assigned since. */
  sentDataId: object | undefined;
}

/** The values of tf.Variables on the computing thread, shared by all programs of a runtime. */
export class StateStore {
  readonly #thread: ComputeThread;
  readonly #slots = new Map<tf.Variable, Slot>();
  #nextId = 0;

  constructor(thread: ComputeThread) {
    this.#thread = thread;
  }

  get variables(): tf.Variable[] {
    return [...this.#slots.keys()].filter(({ isDisposed }) => !isDisposed);
  }

  find(variable: tf.Variable): Slot | undefined {
    return this.#slots.get(variable);
  }

  /** The variable's slot; a new one stores it in memory order `perm` and has no value yet. */
  slot(variable: tf.Variable, perm: readonly number[]): Slot {
    const known = this.#slots.get(variable);
    if (known !== undefined) return known;
    const dtype = requireDType(variable.dtype);
    const slot = { id: this.#nextId++, variable, dtype, perm, sentDataId: undefined };
    this.#slots.set(variable, slot);
    return slot;
  }

  /** Sends the variable's eager value unless it is there already. */
  async send(slot: Slot): Promise<void> {
    const { variable } = slot;
    if (slot.sentDataId === variable.dataId || variable.isDisposed) return;
    slot.sentDataId = variable.dataId;
    await this.write(slot, variable.dataSync<"float32">());
  }

  async write(slot: Slot, data: Elements): Promise<void> {
    const { id, variable, dtype, perm } = slot;
    const ordered = permuteElements(data, variable.shape, perm);
    const dims = perm.map((axis) => variable.shape[axis]!);
    const moved = [ordered.buffer as ArrayBuffer];
    await this.#thread.request({ kind: "write", slot: id, dtype, dims, data: ordered }, moved);
  }

  async read(variable: tf.Variable): Promise<Elements> {
    const slot = this.#slots.get(variable);
    if (slot === undefined) return variable.data<"float32">();
    const sent = this.send(slot);
    const stored = await this.#thread.request({ kind: "read", slot: slot.id });
    await sent;
    const { perm } = slot;
    const dims = perm.map((axis) => variable.shape[axis]!);
    return permuteElements(stored, dims, inversePerm(perm));
  }

  /** Sets the variable's value here and in eager tf.js. */
  async assign(variable: tf.Variable, data: Elements): Promise<void> {
    const size = sizeOf(variable.shape);
    if (data.length !== size) {
      throw new RunInputError(
        `writeVariable: "${variable.name}" of shape [${variable.shape.join(", ")}] takes ${size} numbers, ` +
          `${data.length} were given.`,
      );
    }
    tf.tidy(() => {
      variable.assign(tf.tensor(data.slice(), variable.shape, variable.dtype));
    });
    const slot = this.#slots.get(variable);
    if (slot !== undefined) await this.send(slot);
  }

  /** Gives eager tf.js the current value. */
  async pull(variable: tf.Variable): Promise<void> {
    const slot = this.#slots.get(variable);
    if (slot === undefined) return;
    const data = await this.read(variable);
    tf.tidy(() => {
      variable.assign(tf.tensor(data, variable.shape, variable.dtype));
    });
    slot.sentDataId = variable.dataId;
  }

  /** Lets go of variables that the user has disposed. */
  async sweep(): Promise<void> {
    for (const [variable, { id }] of this.#slots) {
      if (!variable.isDisposed) continue;
      this.#slots.delete(variable);
      await this.#thread.request({ kind: "drop", slot: id });
    }
  }
}
