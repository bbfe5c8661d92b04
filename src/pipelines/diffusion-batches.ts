import { dropConditions, type Condition } from "../conditioning/index.ts";
import { createPairSampler, type Film } from "../data/index.ts";
import { diffusionLevels, noiseSchedule } from "../diffusion/index.ts";
import { foldIn, normal, randint, uniform, type Key } from "../engine/index.ts";
import type { ConditionWriter } from "./condition-inputs.ts";
import type { DiffusionRunSettings } from "./diffusion-settings.ts";
import type { DiffusionBatch } from "./diffusion-step.ts";

/** What batches are drawn from: the films, their conditions, and their scaled codes row by row. */
export interface DiffusionData {
  readonly films: readonly Film[];
  readonly conditions: readonly Condition[];
  readonly codes: Float32Array;
  /** Where the denoiser is told them. */
  readonly identities?: Float32Array;
  readonly writeConditions: ConditionWriter;
}

/** Prepares drawing of training batches; equal keys give equal batches. */
export function createDiffusionBatches(
  { films, conditions, codes, identities, writeConditions }: DiffusionData,
  { choices, denoiser }: Pick<DiffusionRunSettings, "choices" | "denoiser">,
): (stream: Key) => Promise<DiffusionBatch> {
  const { batchSize, classExponent, conditionDropout, fieldDropout, identityDropout } = choices;
  const sampler = createPairSampler({ films }, { classExponent });
  // CBDM's other labels come from the data's own frequencies or from all classes alike.
  const others = createPairSampler(
    { films },
    { classExponent: choices.balancingPrior === "data" ? 1 : 0 },
  );
  const schedule = noiseSchedule(choices.schedule, { zeroTerminalSnr: choices.zeroTerminalSnr });
  const weighting = { gamma: choices.minSnrGamma, floor: choices.minSnrFloor };
  const width = codes.length / films.length;
  const dropout = { condition: conditionDropout, field: fieldDropout };
  return async (stream) => {
    const chosen = sampler.drawFilms(foldIn(stream, "films"), batchSize);
    const timesteps = randint(foldIn(stream, "timesteps"), batchSize, {
      max: schedule.numTrainTimesteps,
    });
    const asked = dropConditions(
      chosen.map((film) => conditions[film]!),
      foldIn(stream, "dropout"),
      dropout,
    );
    const batch: Record<string, Float32Array> = {
      clean: rowsOf(codes, chosen, width),
      noise: normal(foldIn(stream, "noise"), batchSize * width),
      levels: diffusionLevels(timesteps, {
        schedule,
        predictionType: choices.predictionType,
        weighting,
      }),
      ...(await writeConditions(asked)),
    };
    if (denoiser.identity !== undefined) {
      const rows = rowsOf(identities!, chosen, identities!.length / films.length);
      batch["identity"] = forgetRows(rows, foldIn(stream, "identity"), batchSize, identityDropout);
    }
    if (choices.balancing > 0) {
      const other = others.drawFilms(foldIn(stream, "others"), batchSize);
      const written = await writeConditions(other.map((film) => conditions[film]!));
      for (const [name, rows] of Object.entries(written)) batch[`other ${name}`] = rows;
    }
    return batch;
  };
}

/** Some rows of a table, `width` numbers each. */
export function rowsOf(table: Float32Array, rows: readonly number[], width: number): Float32Array {
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, at) => {
    chosen.set(table.subarray(row * width, (row + 1) * width), at * width);
  });
  return chosen;
}

function forgetRows(rows: Float32Array, stream: Key, count: number, share: number): Float32Array {
  const width = rows.length / count;
  uniform(stream, count).forEach((draw, row) => {
    if (draw < share) rows.fill(0, row * width, (row + 1) * width);
  });
  return rows;
}
