import { fingerprintOf } from "../../data/index.ts";
import type { Runtime } from "../../engine/index.ts";
import { readNpz, writeNpz, type NumberArray } from "../../formats/index.ts";
import type { ParameterStore } from "../../nn/index.ts";

/** A trained network's weights as one .npz archive, each number changed by `rounded` before it is written. */
export async function packWeights(
  runtime: Runtime,
  parameters: ParameterStore,
  rounded: (value: number) => number = (value) => value,
): Promise<Uint8Array> {
  const arrays: Record<string, NumberArray> = {};
  for (const [name, variable] of parameters.entries()) {
    const values = await runtime.readVariable(variable);
    arrays[name] = { data: Float32Array.from(values, rounded), shape: variable.shape };
  }
  return writeNpz(arrays);
}

/** Gives an empty store the weights of an archive of {@link packWeights}. */
export function unpackWeights(archive: Uint8Array, parameters: ParameterStore): void {
  for (const [name, { data, shape }] of Object.entries(readNpz(archive))) {
    parameters.get(name, shape, () => data as Float32Array);
  }
}

/** What tells a network from every other: a hash of its weights' names and values. */
export async function weightsHash(runtime: Runtime, parameters: ParameterStore): Promise<string> {
  const weights: string[] = [];
  for (const [name, variable] of parameters.entries()) {
    weights.push(name, Array.from(await runtime.readVariable(variable)).join());
  }
  return fingerprintOf(weights.join("\n"));
}
