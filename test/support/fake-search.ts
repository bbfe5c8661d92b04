import type { SearchIteration } from "#widgets/models/index.ts";
import { sampleFilm, withLesion } from "./sample-films.ts";

const batch = 4;
const width = 6;

export interface FakeSearchOptions {
  readonly totalIterations?: number;
  readonly callsPerIteration?: number;
  readonly sizePx?: number;
  /** Waits before each iteration. */
  readonly pause?: (iteration: number) => Promise<void>;
  /** How an objective falls from 1 at iteration 0. */
  readonly fall?: (iteration: number, sample: number) => number;
}

/** A search of known numbers: the objective of sample s is (s + 1) times what `fall` says. */
export async function* fakeSearch({
  totalIterations = 12,
  callsPerIteration = 40,
  sizePx = 0,
  pause = () => Promise.resolve(),
  fall = (iteration) => 1 / (1 + iteration / 4),
}: FakeSearchOptions = {}): AsyncGenerator<SearchIteration, void, void> {
  const best = {
    objective: new Float32Array(batch).fill(Infinity),
    iteration: new Int32Array(batch),
    noise: new Float32Array(batch * width),
    latents: new Float32Array(batch * width),
  };
  for (let iteration = 0; iteration <= totalIterations; iteration++) {
    await pause(iteration);
    const each = (value: (sample: number) => number): Float32Array =>
      Float32Array.from({ length: batch }, (_, sample) => value(sample));
    const objective = each((sample) => (sample + 1) * fall(iteration, sample));
    const latents = Float32Array.from(
      { length: batch * width },
      (_, at) => Math.cos(at * 1.7) * 3 + Math.sin(at + iteration / 5) * 0.6,
    );
    const noise = latents.map((value) => value / 2 + 0.1);
    for (let sample = 0; sample < batch; sample++) {
      if (!(objective[sample]! < best.objective[sample]!)) continue;
      best.objective[sample] = objective[sample]!;
      best.iteration[sample] = iteration;
      const [begin, end] = [sample * width, (sample + 1) * width];
      best.noise.set(noise.subarray(begin, end), begin);
      best.latents.set(latents.subarray(begin, end), begin);
    }
    const film = (sample: number): Float32Array =>
      withLesion(sampleFilm(sizePx, sample), sizePx, {
        ...{ x: 0.25, y: 0.7, radius: 0.15 },
        amount: (0.5 * iteration) / totalIterations,
      });
    yield {
      ...{ iteration, totalIterations, objective, noise, latents, best },
      terms: {
        classifier: objective.map((value) => value * 0.7),
        semantic: objective.map((value) => value * 0.3),
        prior: objective.map((value) => value * 0.02),
      },
      noiseNorm: each((sample) => 2 + sample / 10 + iteration / 100),
      networkCalls: (iteration + 1) * callsPerIteration,
      films: (_of, count = batch) => {
        const films = new Float32Array(count * sizePx * sizePx);
        for (let sample = 0; sample < count; sample++) {
          films.set(film(sample), sample * sizePx * sizePx);
        }
        return Promise.resolve(films);
      },
    };
  }
}

/** A control whose draws cost half of an iteration and do not get better but by chance. */
export function fakeControl(
  options: FakeSearchOptions = {},
): AsyncGenerator<SearchIteration, void, void> {
  return fakeSearch({
    ...{ totalIterations: 60, callsPerIteration: 20 },
    fall: (draw, sample) => 0.6 + 0.4 * Math.abs(Math.sin(draw * 7.3 + sample)),
    ...options,
  });
}
