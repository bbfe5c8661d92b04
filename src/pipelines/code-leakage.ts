import { IDENTITY_FACTORS, type PhantomDataset } from "../data/index.ts";
import { blockLeakage, type BlockFilms, type BlockLeakage } from "../metrics/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";
import { encodeHalves, type EncodedFilms, type EncodedHalves } from "./encoded-halves.ts";

/**
 * Whether either code of unseen films tells what the other stands for. Predictors are fitted on the films of every other
 * patient and tested on the rest.
 */
export async function codeLeakage(
  model: AutoencoderModel,
  dataset: PhantomDataset,
  types: readonly string[],
): Promise<BlockLeakage> {
  return leakageOfHalves(await encodeHalves(model, dataset), dataset, types);
}

/** The same of films that are encoded already. */
export function leakageOfHalves(
  { train, test }: EncodedHalves,
  dataset: PhantomDataset,
  types: readonly string[],
): BlockLeakage {
  const withTruth = ({ films, identity, pathology }: EncodedFilms): BlockFilms => {
    const truths = films.map((film) => dataset.truth(film));
    return {
      identityCodes: identity,
      pathologyCodes: pathology,
      pathology: truths.map((truth) => types.indexOf(truth.pathology.type)),
      identityFactors: IDENTITY_FACTORS.map((name) => ({
        name,
        kind: "continuous",
        values: truths.map((truth) => truth.identity[name]),
      })),
    };
  };
  return blockLeakage({ train: withTruth(train), test: withTruth(test) });
}
