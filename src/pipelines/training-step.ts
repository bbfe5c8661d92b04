import * as tf from "@tensorflow/tfjs-core";
import {
  groupSupervisionLosses,
  LOSS_NAMES,
  type AutoencoderSettings,
  type LossName,
  type SupervisionOptions,
} from "../autoencoder/index.ts";
import type { Program, Runtime } from "../engine/index.ts";
import {
  adamState,
  applyAdam,
  updateEma,
  zeros,
  type AdamState,
  type ParameterStore,
} from "../nn/index.ts";
import { groupBatchShapes, type GroupBatchArray } from "./group-batches.ts";

/** All that a training step changes; together with the step number all that a checkpoint holds. */
export interface TrainingState {
  readonly parameters: ParameterStore;
  /** Exponential moving averages of the parameters: what is used after training. */
  readonly averages: ParameterStore;
  readonly optimizer: AdamState;
}

/** A compiled training step and the variables it changes. */
export interface TrainingProgram {
  readonly state: TrainingState;
  /** Runs one step on a batch; gives each weighted loss. */
  run(
    batch: Record<GroupBatchArray, Float32Array>,
    rates: { readonly learningRate: number; readonly emaDecay: number },
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
  let optimizer: AdamState | undefined;
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
    optimizer ??= adamState(parameters.entries());
    applyAdam(parameters.entries(), gradients, optimizer, inputs["learningRate"]!, {
      beta2: 0.99,
      weightDecay: 0.01,
      clipNorm: 1,
    });
    updateEma(averages.entries(), parameters.entries(), inputs["emaDecay"]!);
    return shown;
  };
  const program: Program = await runtime.compile(step, {
    inputs: { ...groupBatchShapes(groups, settings), learningRate: [], emaDecay: [] },
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
