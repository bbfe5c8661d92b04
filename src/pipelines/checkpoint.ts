import type * as tf from "@tensorflow/tfjs-core";
import { key, type Runtime } from "../engine/index.ts";
import { InputError, type Checkpoint, type RunFolder } from "../io/index.ts";
import { ParameterStore } from "../nn/index.ts";
import type { TrainingState } from "./optimizer-step.ts";

/** Every variable of a training state under the name it has in a checkpoint. */
export function stateVariables({
  parameters,
  averages,
  optimizer,
}: TrainingState): Map<string, tf.Variable> {
  const named = new Map<string, tf.Variable>([["adam.step", optimizer.step]]);
  for (const [name, variable] of parameters.entries()) named.set(`parameters.${name}`, variable);
  for (const [name, variable] of averages.entries()) named.set(`averages.${name}`, variable);
  for (const [name, { mean, square }] of optimizer.slots) {
    named.set(`adam.mean.${name}`, mean);
    named.set(`adam.square.${name}`, square);
  }
  return named;
}

/** Copies a training state out of the runtime. */
export async function captureState(
  runtime: Runtime,
  state: TrainingState,
): Promise<Checkpoint["tensors"]> {
  const tensors: Record<string, { data: Float32Array; shape: readonly number[] }> = {};
  for (const [name, variable] of stateVariables(state)) {
    tensors[name] = { data: await runtime.readVariable(variable), shape: variable.shape };
  }
  return tensors;
}

/** Puts a checkpoint's numbers into the runtime. */
export async function restoreState(
  runtime: Runtime,
  state: TrainingState,
  tensors: Checkpoint["tensors"],
): Promise<void> {
  for (const [name, variable] of stateVariables(state)) {
    const tensor = tensors[name];
    if (tensor?.data.length !== variable.size) {
      throw new InputError(
        `The checkpoint has ${tensor === undefined ? "no" : "another size of"} ${name}.`,
        "Train again into a new folder.",
      );
    }
    await runtime.writeVariable(variable, tensor.data);
  }
}

/**
 * A run as far as it has been trained.
 *
 * @throws InputError when it has no checkpoint.
 */
export async function newestCheckpoint(run: RunFolder): Promise<Checkpoint> {
  const checkpoint = await run.latestCheckpoint();
  if (checkpoint !== undefined) return checkpoint;
  throw new InputError(
    `${run.path} has no checkpoint yet.`,
    "Let `counterlab train` run until its first one.",
  );
}

const AVERAGES = "averages.";

/** A checkpoint's averaged parameters, which is what a trained model is used with; only those of `parts` where given. */
export function averagedParameters(
  { tensors }: Pick<Checkpoint, "tensors">,
  parts?: readonly string[],
): ParameterStore {
  const parameters = new ParameterStore(key(0));
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    if (!name.startsWith(AVERAGES)) continue;
    const own = name.slice(AVERAGES.length);
    const isWanted = parts === undefined || parts.some((part) => own.startsWith(`${part}.`));
    if (isWanted) parameters.get(own, shape, () => data);
  }
  parameters.freeze();
  return parameters;
}
