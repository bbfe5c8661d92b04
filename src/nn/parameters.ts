import * as tf from "@tensorflow/tfjs-core";
import { foldIn, type Key } from "../engine/index.ts";
import { stopGradient } from "./gradient.ts";

/** Fills a new parameter: values for `shape`, drawn from `key`. */
export type Initialiser = (shape: readonly number[], key: Key) => Float32Array;

/** Where a layer finds its parameters; a layer's own scope is `parameters.at("its name")`. */
export interface ParameterScope {
  readonly path: string;
  at(name: string): ParameterScope;
  /** The parameter `name`, shape `shape`; made by `initialise` the first time a model asks for it. */
  get(name: string, shape: readonly number[], initialise: Initialiser): tf.Tensor;
}

/** Asked for a parameter that is missing, or has another shape than the model now wants. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

/**
 * The named parameters of a model. A model is a function over a scope: run once on a small input it
 * makes its parameters, afterwards it finds them. Each starts from a key folded with its own name,
 * so adding a layer changes no other layer's start.
 */
export class ParameterStore implements ParameterScope {
  readonly path = "";
  readonly #key: Key;
  readonly #variables = new Map<string, tf.Variable>();
  #frozen = false;

  constructor(key: Key) {
    this.#key = key;
  }

  at(name: string): ParameterScope {
    return subscope(this, name);
  }

  get(name: string, shape: readonly number[], initialise: Initialiser): tf.Variable {
    const known = this.#variables.get(name);
    if (known !== undefined) {
      if (!tf.util.arraysEqual(known.shape, [...shape])) {
        throw new ParameterError(
          `${name} has shape [${known.shape.join(", ")}] but the model wants [${shape.join(", ")}]: the parameters belong to a model with other settings.`,
        );
      }
      return known;
    }
    if (this.#frozen) {
      throw new ParameterError(
        `The model asks for ${name}, which is not among the ${this.#variables.size} parameters: run the model once before freezing, or load a checkpoint of the same settings.`,
      );
    }
    const values = initialise(shape, foldIn(this.#key, name));
    const initial = tf.tensor(values, [...shape], "float32");
    const variable = tf.keep(tf.variable(initial, true, undefined, "float32"));
    initial.dispose();
    this.#variables.set(name, variable);
    return variable;
  }

  /** From now on a missing parameter is an error instead of a new one. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Every parameter by name, in the order they were made. */
  entries(): ReadonlyMap<string, tf.Variable> {
    return this.#variables;
  }

  /** How many numbers the parameters hold in all. */
  get size(): number {
    return [...this.#variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
  }
}

/** The same parameters as constants: what is computed with them trains whatever lies before, not them. */
export function frozen(scope: ParameterScope): ParameterScope {
  return {
    path: scope.path,
    at: (name) => frozen(scope.at(name)),
    get: (...wanted) => stopGradient(scope.get(...wanted)),
  };
}

function subscope(store: ParameterStore, path: string): ParameterScope {
  return {
    path,
    at: (name) => subscope(store, `${path}.${name}`),
    get: (name, shape, initialise) => store.get(`${path}.${name}`, shape, initialise),
  };
}
