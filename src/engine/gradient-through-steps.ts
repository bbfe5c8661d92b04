import * as tf from "@tensorflow/tfjs-core";
import type { InputSpec, Program, RunInputs } from "./program.ts";
import type { Runtime } from "./runtime.ts";

type Tensors = Record<string, tf.Tensor>;

/** A loop whose start is to be improved: x_{k+1} = step(x_k, inputs of step k), then loss(x_K). */
export interface Steps {
  readonly count: number;
  /** Shape of x, float32, the same at every step. */
  readonly shape: readonly number[];
  readonly step: (x: tf.Tensor, inputs: Tensors) => tf.Tensor;
  readonly loss: (x: tf.Tensor, inputs: Tensors) => tf.Scalar;
  /** What each step gets anew: its time, its noise. */
  readonly stepInputs?: Readonly<Record<string, InputSpec>>;
  readonly lossInputs?: Readonly<Record<string, InputSpec>>;
  /**
   * "unrolled": one program of all steps, the fastest, its size and compile time growing with their number.
   * "recompute": one program of a step and one of its vector-Jacobian product, which computes the step again; any number
   * of steps. When omitted: unrolled up to 16 steps.
   */
  readonly form?: "unrolled" | "recompute";
}

/** Numbers of one run; `steps` holds the inputs of every step in order. */
export interface StepsInputs {
  readonly start: Float32Array;
  readonly steps?: readonly RunInputs[];
  readonly loss?: RunInputs;
}

export interface StepsResult {
  readonly loss: number;
  /** Of the loss, for each element of the start. */
  readonly gradient: Float32Array;
  /** x after the last step. */
  readonly end: Float32Array;
}

/** A compiled loop with its gradient. */
export interface GradientThroughSteps {
  readonly form: "unrolled" | "recompute";
  readonly programs: readonly Program[];
  run(inputs: StepsInputs): Promise<StepsResult>;
  dispose(): Promise<void>;
}

const MAX_UNROLLED = 16;

/**
 * Compiles the gradient of a loss after many steps for their start, as noise optimization needs it through a sampler.
 *
 * @throws RangeError when `count` is no positive integer or a run does not give every step its inputs.
 */
export async function gradientThroughSteps(
  runtime: Runtime,
  steps: Steps,
): Promise<GradientThroughSteps> {
  const { count, form = count <= MAX_UNROLLED ? "unrolled" : "recompute" } = steps;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`gradientThroughSteps: count is ${count}; give an integer from 1.`);
  }
  const compiled = await (form === "unrolled" ? unroll(runtime, steps) : recompute(runtime, steps));
  return {
    form,
    programs: compiled.programs,
    run: (inputs) => {
      const given = inputs.steps?.length ?? 0;
      if (given !== count && Object.keys(steps.stepInputs ?? {}).length > 0) {
        throw new RangeError(
          `gradientThroughSteps: there are inputs for ${given} steps, but ${count} steps.`,
        );
      }
      return compiled.run(inputs);
    },
    dispose: async () => {
      for (const program of compiled.programs) await program.dispose();
    },
  };
}

type Compiled = Pick<GradientThroughSteps, "programs" | "run">;

const prefixed = <T>(prefix: string, values: Readonly<Record<string, T>> = {}) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

function part(
  prefix: string,
  names: Readonly<Record<string, unknown>> = {},
  given: Tensors,
): Tensors {
  return Object.fromEntries(Object.keys(names).map((name) => [name, given[`${prefix}${name}`]!]));
}

async function unroll(
  runtime: Runtime,
  { count, shape, step, loss, stepInputs, lossInputs }: Steps,
): Promise<Compiled> {
  const order = Array.from({ length: count }, (_, index) => index);
  const program = await runtime.compile(
    (given) => {
      const whole = (start: tf.Tensor) => {
        const at = (x: tf.Tensor, index: number) => step(x, part(`${index}/`, stepInputs, given));
        return order.reduce(at, start);
      };
      let end: tf.Tensor | undefined;
      const { value, grad } = tf.valueAndGrad((start) => {
        end = tf.keep(whole(start));
        return loss(end, part("loss/", lossInputs, given));
      })(given["start"]!);
      return { loss: value, gradient: grad, end: end! };
    },
    {
      inputs: Object.assign(
        { start: shape },
        prefixed("loss/", lossInputs),
        ...order.map((index) => prefixed(`${index}/`, stepInputs)),
      ) as Record<string, InputSpec>,
    },
  );
  return {
    programs: [program],
    run: async ({ start, steps = [], loss: forLoss }) => {
      const inputs = Object.assign(
        { start },
        prefixed("loss/", forLoss),
        ...steps.map((given, index) => prefixed(`${index}/`, given)),
      ) as RunInputs;
      return resultOf(await program.run(inputs));
    },
  };
}

async function recompute(
  runtime: Runtime,
  { count, shape, step, loss, stepInputs, lossInputs }: Steps,
): Promise<Compiled> {
  const forward = await runtime.compile(
    (given) => ({ x: step(given["x"]!, part("step/", stepInputs, given)) }),
    { inputs: { x: shape, ...prefixed("step/", stepInputs) } },
  );
  const backward = await runtime.compile(
    (given) => {
      const gradient = tf.grad((x) => step(x, part("step/", stepInputs, given)));
      return { gradient: gradient(given["x"]!, given["upstream"]) };
    },
    { inputs: { x: shape, upstream: shape, ...prefixed("step/", stepInputs) } },
  );
  const last = await runtime.compile(
    (given) => {
      const { value, grad } = tf.valueAndGrad((x) => loss(x, part("loss/", lossInputs, given)))(
        given["x"]!,
      );
      return { loss: value, gradient: grad };
    },
    { inputs: { x: shape, ...prefixed("loss/", lossInputs) } },
  );
  return {
    programs: [forward, backward, last],
    run: async ({ start, steps = [], loss: forLoss }) => {
      const path = [start];
      for (let index = 0; index < count; index++) {
        const { x } = await forward.run({ x: path[index]!, ...prefixed("step/", steps[index]) });
        path.push(x!.data as Float32Array);
      }
      const end = path[count]!;
      const judged = await last.run({ x: end, ...prefixed("loss/", forLoss) });
      let upstream = judged["gradient"]!.data;
      for (let index = count - 1; index >= 0; index--) {
        const { gradient } = await backward.run({
          x: path[index]!,
          upstream,
          ...prefixed("step/", steps[index]),
        });
        upstream = gradient!.data;
      }
      return { loss: judged["loss"]!.data[0]!, gradient: upstream as Float32Array, end };
    },
  };
}

function resultOf(outputs: Awaited<ReturnType<Program["run"]>>): StepsResult {
  const { loss, gradient, end } = outputs;
  return {
    loss: loss!.data[0]!,
    gradient: gradient!.data as Float32Array,
    end: end!.data as Float32Array,
  };
}
