import type { FilmDataset } from "../data/index.ts";
import { foldIn, key } from "../engine/index.ts";
import { InputError } from "../io/index.ts";
import type { GenerationModels } from "./generation-models.ts";
import {
  optimizeFilmNoise,
  type FilmNoiseIteration,
  type FilmNoiseOptions,
  type FilmNoiseSettings,
} from "./optimize-films.ts";
import { promptCondition } from "./prompt-condition.ts";
import { chooseReferences } from "./reference-films.ts";
import { chooseSwapFilms } from "./swap-sheet.ts";

/** What `new NoiseTrajectory(search)` of "counterlab/widgets" shows. */
export interface NoiseSearch {
  readonly title: string;
  readonly imageSizePx: number;
  readonly samples: number;
  /** Begins when it is first read from, and can be read once. */
  readonly search: AsyncIterable<FilmNoiseIteration>;
  /** Fresh noise for as many network calls, for the same patients: the control. */
  readonly control: () => AsyncIterable<FilmNoiseIteration>;
  /** Identity codes of the patients, one row a sample. */
  readonly identities: Float32Array;
  /** The film of a kept sample, shape [H, W], 0 black to 1 white. */
  readonly film: (kept: {
    readonly sample: number;
    readonly latents: Float32Array;
  }) => Promise<Float32Array>;
}

export interface NoiseSearchOptions {
  /** "severe right effusion", in words that the report rules understand; one that the run was trained on. */
  readonly finding: string;
  /** Films that are searched for side by side, each of another patient where there are so many; 4 when omitted, 12 at most. */
  readonly count?: number;
  readonly seed?: number;
  /** `DEFAULT_FILM_NOISE` where omitted. */
  readonly settings?: Partial<FilmNoiseSettings>;
}

const MOST_SAMPLES = 12;

/**
 * Prepares a search for the initial noise of films that show a finding, beside the best of as many draws. Patients are films of
 * `dataset`, healthy ones first; references are its films that show the finding.
 *
 * @param dataset The training films: references must not come from the films that a result is judged by.
 * @throws InputError when no film of the dataset shows the finding.
 */
export async function createNoiseSearch(
  models: Pick<GenerationModels, "runtime" | "autoencoder" | "decoder" | "model">,
  dataset: FilmDataset,
  { finding, count = 4, seed = 0, settings = {} }: NoiseSearchOptions,
): Promise<NoiseSearch> {
  const { runtime, autoencoder, decoder, model } = models;
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_SAMPLES)) {
    throw new InputError(
      `A search for ${count} films cannot be shown.`,
      `Give a whole number from 1 to ${MOST_SAMPLES}.`,
    );
  }
  const condition = promptCondition(finding, model.settings.conditions);
  const shows = chooseReferences(dataset.films, condition);
  if (shows.length === 0) {
    throw new InputError(
      `No film of ${dataset.name} shows "${finding}", so there is nothing to search by.`,
      `Ask for one of its findings: ${dataset.classes.join(", ")}.`,
    );
  }
  const { identities: patients } = chooseSwapFilms(dataset, { rows: count });
  const rows = Array.from({ length: count }, (_, row) => patients[row % patients.length]!);
  const { identity: identities } = await autoencoder.encode(await dataset.readImages(rows));
  const { pathology: references } = await autoencoder.encode(await dataset.readImages(shows));
  const options: FilmNoiseOptions = {
    ...{ runtime, model, decoder, identities, references, settings },
    conditions: rows.map(() => condition),
    stream: foldIn(key(seed), "noise search"),
  };
  const width = identities.length / count;
  return {
    title: `Noise for ${finding}`,
    imageSizePx: decoder.settings.imageSizePx,
    samples: count,
    search: optimizeFilmNoise(options),
    control: () => optimizeFilmNoise({ ...options, search: "bestOf" }),
    identities,
    film: ({ sample, latents }) =>
      decoder.decode({
        count: 1,
        identity: identities.slice(sample * width, (sample + 1) * width),
        pathology: latents,
        acquisition: new Float32Array(decoder.settings.acquisitionWidth),
      }),
  };
}
