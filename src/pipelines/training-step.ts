import * as tf from "@tensorflow/tfjs-core";
import {
  groupSupervisionLosses,
  LOSS_NAMES,
  type AutoencoderSettings,
  type LossName,
  type SupervisionOptions,
} from "../autoencoder/index.ts";
import type { Program, Runtime } from "../engine/index.ts";
import type { ParameterStore } from "../nn/index.ts";
import { groupBatchShapes, type GroupBatchArray } from "./group-batches.ts";
import {
  optimizerStep,
  RATE_SHAPES,
  type StepRates,
  type TrainingState,
} from "./optimizer-step.ts";

/** A compiled training step and the variables it changes. */
export interface TrainingProgram {
  readonly state: TrainingState;
  /** Runs one step on a batch; gives each weighted loss. */
  run(
    batch: Record<GroupBatchArray, Float32Array>,
    rates: StepRates,
  ): Promise<Record<LossName, number>>;
  dispose(): Promise<void>;
}

/**
 * Compiles one step of group supervision: losses, gradients, AdamW with clipping, moving averages.
 * Parameters that the stores lack are made here.
 */
export async function compileTrainingStep(
  runtime: Runtime,
  {
    parameters,
    averages,
    settings,
    weights,
    crossedShare,
    groups,
  }: SupervisionOptions & {
    readonly parameters: ParameterStore;
    readonly averages: ParameterStore;
    readonly settings: AutoencoderSettings;
    readonly groups: number;
  },
): Promise<TrainingProgram> {
  let optimizer: TrainingState["optimizer"] | undefined;
  const step = (inputs: Readonly<Record<string, tf.Tensor>>) => {
    const losses = () =>
      groupSupervisionLosses(
        parameters,
        {
          images: inputs["images"] as tf.Tensor4D,
          labels: inputs["labels"] as tf.Tensor2D,
          crossSelection: inputs["crossSelection"] as tf.Tensor2D,
          noise: {
            identity: inputs["identityNoise"] as tf.Tensor4D,
            pathology: inputs["pathologyNoise"] as tf.Tensor2D,
            acquisition: inputs["acquisitionNoise"] as tf.Tensor2D,
          },
        },
        settings,
        { weights, crossedShare },
      );
    const taken = optimizerStep(
      losses,
      { parameters, averages, ...(optimizer && { optimizer }) },
      inputs,
    );
    optimizer = taken.optimizer;
    return taken.losses;
  };
  const program: Program = await runtime.compile(step, {
    inputs: { ...groupBatchShapes(groups, settings), ...RATE_SHAPES },
  });
  return {
    state: { parameters, averages, optimizer: optimizer! },
    run: async (batch, { learningRate, emaDecay }) => {
      const outputs = await program.run({
        ...batch,
        learningRate: Float32Array.of(learningRate),
        emaDecay: Float32Array.of(emaDecay),
      });
      return Object.fromEntries(
        LOSS_NAMES.map((name) => [name, outputs[name]!.data[0]!]),
      ) as Record<LossName, number>;
    },
    dispose: () => program.dispose(),
  };
}
