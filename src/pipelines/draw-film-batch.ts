import type { Condition } from "../conditioning/index.ts";
import type { SamplerName } from "../diffusion/index.ts";
import { foldIn, key } from "../engine/index.ts";
import { generateFilms, type GeneratedFilms } from "./generate-films.ts";
import type { GenerationModels } from "./generation-models.ts";
import { optimizeFilmNoise } from "./optimize-films.ts";

/** Films drawn at once: what the programs compile for. Changing it changes what a search finds. */
export const FILMS_A_BATCH = 64;

/** Some films of a larger drawing. */
export interface FilmBatch {
  /** One a film. */
  readonly conditions: readonly Condition[];
  /** Number of the first film in the whole drawing, from 0; a multiple of FILMS_A_BATCH. */
  readonly firstRow: number;
  readonly seed: number;
  readonly guidanceScale: number;
  readonly sampler?: SamplerName | undefined;
  readonly numInferenceSteps: number;
  /** Identity codes, one row a film; new patients are drawn when omitted. */
  readonly identities?: Float32Array | undefined;
  /** Searches the initial noise, with pathology codes of real films, row by row, as references. */
  readonly search?: { readonly iterations: number; readonly references: Float32Array } | undefined;
}

/** The films, and what the search began with. */
export interface DrawnBatch {
  readonly films: GeneratedFilms;
  readonly search?: {
    /** The films before the search, shape [count, H, W]. */
    readonly images: Float32Array;
    /** One number a film: the less, the better. */
    readonly objectiveBefore: Float32Array;
    readonly objectiveAfter: Float32Array;
  };
}

/** The random stream of a drawing. */
export function generationStream(seed: number): ReturnType<typeof key> {
  return foldIn(key(seed), "generate");
}

/** Draws one batch of films, as it would be drawn alone in one process. */
export async function drawFilmBatch(
  models: GenerationModels,
  { conditions, firstRow, seed, identities, search, ...sampling }: FilmBatch,
  tell: (message: string) => void,
): Promise<DrawnBatch> {
  const stream = generationStream(seed);
  const { decoder, model } = models;
  const range = `films ${firstRow + 1} to ${firstRow + conditions.length}`;
  let films: GeneratedFilms | undefined;
  for await (const progress of generateFilms({
    decoder,
    model,
    conditions,
    ...(identities === undefined
      ? { identityModel: await models.identityModel() }
      : { identities }),
    guidanceScale: sampling.guidanceScale,
    ...(sampling.sampler === undefined ? {} : { sampler: sampling.sampler }),
    numInferenceSteps: sampling.numInferenceSteps,
    firstRow,
    stream,
  })) {
    if (progress.step === progress.totalSteps) tell(`${range}: drew ${progress.stage}`);
    films = progress.films;
  }
  const drawn = films!;
  if (search === undefined) return { films: drawn };
  const { iterations: totalIterations, references } = search;
  const codes = { ...drawn.codes, pathology: drawn.codes.pathology.slice() };
  let { initialNoise } = drawn;
  let objectiveBefore = new Float32Array(0) as Float32Array;
  let objectiveAfter = objectiveBefore;
  for await (const { iteration, objective, best } of optimizeFilmNoise({
    runtime: models.runtime,
    model,
    decoder,
    conditions,
    identities: codes.identity,
    initialNoise,
    references,
    settings: {
      totalIterations,
      numInferenceSteps: sampling.numInferenceSteps,
      guidanceScale: sampling.guidanceScale,
    },
    stream: foldIn(stream, `search ${firstRow}`),
  })) {
    if (iteration === 0) objectiveBefore = objective.slice();
    objectiveAfter = best.objective.slice();
    codes.pathology.set(best.latents);
    initialNoise = best.noise.slice();
    const mean = best.objective.reduce((sum, value) => sum + value, 0) / conditions.length;
    if (iteration % 10 === 0 || iteration === totalIterations) {
      tell(
        `${range}: iteration ${iteration}/${totalIterations}, best objective ${mean.toFixed(3)}`,
      );
    }
  }
  return {
    films: { images: await decoder.decode(codes), codes, initialNoise },
    search: { images: drawn.images, objectiveBefore, objectiveAfter },
  };
}
