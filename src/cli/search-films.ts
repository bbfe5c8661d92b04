import { foldIn, type Runtime } from "../engine/index.ts";
import { optimizeFilmNoise, type GeneratedFilms } from "../pipelines/index.ts";
import type { CommandIo } from "./usage.ts";

/** Films searched at once. */
const SEARCH_BATCH = 64;

type SearchOptions = Pick<
  Parameters<typeof optimizeFilmNoise>[0],
  "model" | "decoder" | "conditions" | "stream" | "settings"
>;

/** Searches better noise for films, a batch at a time; objectives are one a film. */
export async function searchFilms(
  {
    runtime,
    films,
    references,
    io,
  }: {
    readonly runtime: Runtime;
    readonly films: GeneratedFilms;
    /** Pathology codes of films that show what is wanted. */
    readonly references: Float32Array;
    readonly io: CommandIo;
  },
  options: SearchOptions,
): Promise<{
  readonly films: GeneratedFilms;
  readonly before: Float32Array;
  readonly after: Float32Array;
}> {
  const count = films.codes.count;
  const { width } = options.model;
  const identityWidth = films.codes.identity.length / count;
  const codes = { ...films.codes, pathology: films.codes.pathology.slice() };
  const initialNoise = films.initialNoise.slice();
  const [before, after] = [new Float32Array(count), new Float32Array(count)];
  for (let begin = 0; begin < count; begin += SEARCH_BATCH) {
    const end = Math.min(count, begin + SEARCH_BATCH);
    for await (const { iteration, totalIterations, objective, best } of optimizeFilmNoise({
      ...options,
      runtime,
      conditions: options.conditions.slice(begin, end),
      identities: codes.identity.subarray(begin * identityWidth, end * identityWidth),
      initialNoise: films.initialNoise.subarray(begin * width, end * width),
      references,
      stream: foldIn(options.stream, `search ${begin}`),
    })) {
      if (iteration === 0) before.set(objective, begin);
      after.set(best.objective, begin);
      codes.pathology.set(best.latents, begin * width);
      initialNoise.set(best.noise, begin * width);
      const mean = best.objective.reduce((sum, value) => sum + value, 0) / (end - begin);
      if (iteration % 10 === 0 || iteration === totalIterations) {
        io.out.write(
          `films ${begin + 1} to ${end}: iteration ${iteration}/${totalIterations}, best objective ${mean.toFixed(3)}\n`,
        );
      }
    }
  }
  const images = await options.decoder.decode(codes);
  return { films: { images, codes, initialNoise }, before, after };
}
