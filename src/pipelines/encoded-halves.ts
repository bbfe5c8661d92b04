import type { FilmDataset } from "../data/index.ts";
import type { Table } from "../metrics/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";

/** Codes of some of a dataset's films. */
export interface EncodedFilms {
  /** Their numbers in the dataset. */
  readonly films: readonly number[];
  /** Shape [films, width]. */
  readonly identity: Table;
  /** Shape [films, width]. */
  readonly pathology: Table;
}

/** Films of every other patient, to fit predictors on, and of the rest, to test them on. */
export interface EncodedHalves {
  readonly train: EncodedFilms;
  readonly test: EncodedFilms;
}

/** Encodes a dataset's films in two halves that share no patient. */
export async function encodeHalves(
  model: AutoencoderModel,
  dataset: FilmDataset,
): Promise<EncodedHalves> {
  const patients = [...new Set(dataset.films.map(({ patient }) => patient))];
  const place = new Map(patients.map((patient, at) => [patient, at]));
  const half = async (rest: 0 | 1): Promise<EncodedFilms> => {
    const films = [...dataset.films.keys()].filter(
      (film) => place.get(dataset.films[film]!.patient)! % 2 === rest,
    );
    const codes = await model.encode(await dataset.readImages(films));
    const table = (data: Float32Array): Table => ({
      data,
      shape: [films.length, data.length / films.length],
    });
    return { films, identity: table(codes.identity), pathology: table(codes.pathology) };
  };
  return { train: await half(0), test: await half(1) };
}
