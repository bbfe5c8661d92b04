import * as tf from "@tensorflow/tfjs-core";
import {
  codeWidth,
  conditionedDenoiser,
  diffusionLevelsShape,
  diffusionLosses,
} from "../diffusion/index.ts";
import type { Program, Runtime } from "../engine/index.ts";
import type { ParameterStore } from "../nn/index.ts";
import { conditionShapes, networkConditions } from "./condition-inputs.ts";
import type { DiffusionRunSettings } from "./diffusion-settings.ts";
import {
  optimizerStep,
  RATE_SHAPES,
  type StepRates,
  type TrainingState,
} from "./optimizer-step.ts";

/** The arrays of a batch: scaled codes, noise, levels, conditions, and where used identities and CBDM's other conditions. */
export type DiffusionBatch = Readonly<Record<string, Float32Array>>;

/** Shapes of a batch's arrays. */
export function diffusionBatchShapes(
  settings: DiffusionRunSettings,
): Record<string, readonly number[]> {
  const { denoiser, choices } = settings;
  const batch = choices.batchSize;
  const width = codeWidth(denoiser.layout);
  const conditions = conditionShapes(settings, batch);
  const others = Object.entries(conditions).map(([name, shape]) => [`other ${name}`, shape]);
  return {
    clean: [batch, width],
    noise: [batch, width],
    levels: diffusionLevelsShape(batch),
    ...conditions,
    ...(denoiser.identity === undefined ? {} : { identity: [batch, codeWidth(denoiser.identity)] }),
    ...(choices.balancing === 0
      ? {}
      : (Object.fromEntries(others) as Record<string, readonly number[]>)),
  };
}

/** A compiled training step and the variables it changes. */
export interface DiffusionProgram {
  readonly state: TrainingState;
  run(batch: DiffusionBatch, rates: StepRates): Promise<Record<"denoising" | "balancing", number>>;
  dispose(): Promise<void>;
}

/** Compiles one step: losses, gradients, AdamW with clipping, moving averages. Parameters that are missing are made. */
export async function compileDiffusionStep(
  runtime: Runtime,
  {
    parameters,
    averages,
    settings,
  }: {
    readonly parameters: ParameterStore;
    readonly averages: ParameterStore;
    readonly settings: DiffusionRunSettings;
  },
): Promise<DiffusionProgram> {
  let optimizer: TrainingState["optimizer"] | undefined;
  const program: Program = await runtime.compile(
    (inputs) => {
      const network = (prefix: string) => {
        const { conditions, sentences, identity } = {
          identity: inputs["identity"],
          conditions: inputs[`${prefix}conditions`],
          sentences: inputs[`${prefix}sentences`],
        };
        if (conditions === undefined) return undefined;
        const given = {
          conditions,
          ...(sentences === undefined ? {} : { sentences }),
          ...(identity === undefined ? {} : { identity }),
        };
        return conditionedDenoiser(parameters, networkConditions(given), settings.denoiser);
      };
      const losses = () => {
        const predictOther = network("other ");
        return diffusionLosses({
          clean: inputs["clean"] as tf.Tensor2D,
          noise: inputs["noise"] as tf.Tensor2D,
          levels: inputs["levels"] as tf.Tensor2D,
          predict: network("")!,
          ...(predictOther === undefined ? {} : { predictOther }),
          balancing: settings.choices.balancing,
        });
      };
      const taken = optimizerStep(
        losses,
        { parameters, averages, ...(optimizer && { optimizer }) },
        inputs,
      );
      optimizer = taken.optimizer;
      return { ...taken.losses };
    },
    { inputs: { ...diffusionBatchShapes(settings), ...RATE_SHAPES } },
  );
  return {
    state: { parameters, averages, optimizer: optimizer! },
    run: async (batch, { learningRate, emaDecay }) => {
      const outputs = await program.run({ ...batch, learningRate, emaDecay });
      return {
        denoising: outputs["denoising"]!.data[0]!,
        balancing: outputs["balancing"]!.data[0]!,
      };
    },
    dispose: () => program.dispose(),
  };
}
