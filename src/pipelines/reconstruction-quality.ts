import type * as tf from "@tensorflow/tfjs-core";
import { l1, ssim } from "../autoencoder/index.ts";
import type { FilmDataset } from "../data/index.ts";
import type { Runtime } from "../engine/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";

/** How well films come back from their codes. */
export interface ReconstructionQuality {
  readonly films: number;
  /** Mean structural similarity, from -1 to 1; uniform 7x7 window. */
  readonly ssim: number;
  /** Mean absolute error, of white = 1. */
  readonly meanAbsoluteError: number;
}

/**
 * Encodes and decodes films of a dataset (give the test split for an honest answer) and compares.
 *
 * @param options `maxFilms`: how many films from the beginning; all when omitted.
 */
export async function reconstructionQuality(
  model: AutoencoderModel,
  dataset: FilmDataset,
  { runtime, maxFilms = Infinity }: { readonly runtime: Runtime; readonly maxFilms?: number },
): Promise<ReconstructionQuality> {
  const films = Math.min(maxFilms, dataset.films.length);
  const images = await dataset.readImages([...dataset.films.keys()].slice(0, films));
  const codes = await model.encode(images);
  const { reconstruction } = await model.counterfactual(images, codes.pathology);
  const size = model.settings.imageSizePx;
  const shape = [films, size, size, 1];
  const program = await runtime.compile(
    ({ first, second }) => ({
      ssim: ssim(first as tf.Tensor4D, second as tf.Tensor4D),
      meanAbsoluteError: l1(first!, second!),
    }),
    { inputs: { first: shape, second: shape } },
  );
  const outputs = await program.run({ first: images, second: reconstruction });
  await program.dispose();
  return {
    films,
    ssim: outputs["ssim"]!.data[0]!,
    meanAbsoluteError: outputs["meanAbsoluteError"]!.data[0]!,
  };
}
