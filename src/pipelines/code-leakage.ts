import { IDENTITY_FACTORS, type PhantomDataset } from "../data/index.ts";
import { blockLeakage, type BlockFilms, type BlockLeakage } from "../metrics/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";

/**
 * Whether either code of unseen films tells what the other stands for. Predictors are fitted on the films of every other
 * patient and tested on the rest.
 */
export async function codeLeakage(
  model: AutoencoderModel,
  dataset: PhantomDataset,
  types: readonly string[],
): Promise<BlockLeakage> {
  const patients = [...new Set(dataset.films.map(({ patient }) => patient))];
  const place = new Map(patients.map((patient, at) => [patient, at]));
  const half = async (rest: 0 | 1): Promise<BlockFilms> => {
    const films = [...dataset.films.keys()].filter(
      (film) => place.get(dataset.films[film]!.patient)! % 2 === rest,
    );
    const codes = await model.encode(await dataset.readImages(films));
    const table = (data: Float32Array) =>
      ({ data, shape: [films.length, data.length / films.length] }) as const;
    return {
      identityCodes: table(codes.identity),
      pathologyCodes: table(codes.pathology),
      pathology: films.map((film) => types.indexOf(dataset.truth(film).pathology.type)),
      identityFactors: IDENTITY_FACTORS.map((name) => ({
        name,
        kind: "continuous",
        values: films.map((film) => dataset.truth(film).identity[name]),
      })),
    };
  };
  return blockLeakage({ train: await half(0), test: await half(1) });
}
