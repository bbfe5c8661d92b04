import type * as tf from "@tensorflow/tfjs-core";
import { l1, ssim } from "../autoencoder/index.ts";
import type { FilmDataset } from "../data/index.ts";
import type { Runtime } from "../engine/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";

/** Films in memory at a time. */
const BATCH = 64;

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
  const size = model.settings.imageSizePx;
  const shape = [1, size, size, 1];
  const program = await runtime.compile(
    ({ first, second }) => ({
      ssim: ssim(first as tf.Tensor4D, second as tf.Tensor4D),
      meanAbsoluteError: l1(first!, second!),
    }),
    { inputs: { first: shape, second: shape } },
  );
  const sums = { ssim: 0, meanAbsoluteError: 0 };
  for (let begin = 0; begin < films; begin += BATCH) {
    const count = Math.min(BATCH, films - begin);
    const images = await dataset.readImages(Array.from({ length: count }, (_, k) => begin + k));
    const codes = await model.encode(images);
    const { reconstruction } = await model.counterfactual(images, codes.pathology);
    for (let film = 0; film < count; film++) {
      const part = [film * size * size, (film + 1) * size * size] as const;
      const outputs = await program.run({
        first: images.slice(...part),
        second: reconstruction.slice(...part),
      });
      sums.ssim += outputs["ssim"]!.data[0]!;
      sums.meanAbsoluteError += outputs["meanAbsoluteError"]!.data[0]!;
    }
  }
  await program.dispose();
  return { films, ssim: sums.ssim / films, meanAbsoluteError: sums.meanAbsoluteError / films };
}
