import * as tf from "@tensorflow/tfjs-core";
import {
  adamState,
  applyAdam,
  updateEma,
  zeros,
  type AdamState,
  type ParameterStore,
} from "../nn/index.ts";

/** All that a training step changes; together with the step number all that a checkpoint holds. */
export interface TrainingState {
  readonly parameters: ParameterStore;
  /** Exponential moving averages of the parameters: what is used after training. */
  readonly averages: ParameterStore;
  readonly optimizer: AdamState;
}

/** How far a training step goes. */
export interface StepRates {
  readonly learningRate: number;
  readonly emaDecay: number;
}

/** Inputs of a compiled step that carry its `StepRates`. */
export const RATE_SHAPES: Readonly<Record<keyof StepRates, readonly number[]>> = {
  learningRate: [],
  emaDecay: [],
};

/**
 * Takes one step of AdamW with clipped gradients down the sum of the losses, then moves the averages; to be traced.
 * What the stores lack is made here.
 *
 * @returns The losses before the step, and the optimizer's state.
 */
export function optimizerStep<Losses extends Readonly<Record<string, tf.Scalar>>>(
  losses: () => Losses,
  { parameters, averages, optimizer }: Omit<TrainingState, "optimizer"> & Partial<TrainingState>,
  inputs: Readonly<Record<string, tf.Tensor>>,
): { readonly losses: Losses; readonly optimizer: AdamState } {
  // Run once so that every parameter exists: gradients are only taken of variables that do.
  const shown = losses();
  // Averages may start at zero: the first decays are so small that nothing of it remains.
  for (const [name, { shape }] of parameters.entries()) averages.get(name, shape, zeros);
  const { grads } = tf.variableGrads(
    () => tf.addN(Object.values(losses())),
    [...parameters.entries().values()],
  );
  const gradients = new Map(
    [...parameters.entries()].map(([name, variable]) => [name, grads[variable.name]!]),
  );
  const state = optimizer ?? adamState(parameters.entries());
  applyAdam(parameters.entries(), gradients, state, inputs["learningRate"]!, {
    beta2: 0.99,
    weightDecay: 0.01,
    clipNorm: 1,
  });
  updateEma(averages.entries(), parameters.entries(), inputs["emaDecay"]!);
  return { losses: shown, optimizer: state };
}
