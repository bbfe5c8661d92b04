import type { PhantomDataset } from "../data/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";
import type { SwapPair } from "./swap-quality.ts";

/** How far swaps are from the exact counterfactuals; absolute errors of white = 1. */
export interface SwapErrors {
  readonly swaps: number;
  /** Mean error where the old or the new lesion is. */
  readonly inside: number;
  /** Mean error everywhere else. */
  readonly outside: number;
  /** Mean error inside of leaving the film as it is. */
  readonly insideUnchanged: number;
  /** Slope of the change made on the change wanted, inside: 0 when nothing happened, 1 when all that should. */
  readonly strength: number;
}

/**
 * Compares swaps with the exact counterfactuals that the phantom renders: where, and how much of them happens. Needs no network
 * that judges.
 */
export async function swapErrors(
  model: AutoencoderModel,
  dataset: PhantomDataset,
  { pairs }: { readonly pairs: readonly SwapPair[] },
): Promise<SwapErrors> {
  const pixels = dataset.imageSizePx ** 2;
  const sources = await dataset.readImages(pairs.map(({ source }) => source));
  const targets = await dataset.readImages(pairs.map(({ target }) => target));
  const { pathology } = await model.encode(targets);
  const { counterfactual } = await model.counterfactual(sources, pathology);
  const sums = { inside: 0, insideUnchanged: 0, outside: 0, done: 0, wanted: 0 };
  const counts = { inside: 0, outside: 0 };
  pairs.forEach(({ source, target }, index) => {
    const wantedPathology = dataset.truth(target).pathology;
    const exact = dataset.counterfactual(source, wantedPathology);
    const own = dataset.lesionMask(source);
    const other = dataset.lesionMask(source, wantedPathology);
    exact.forEach((truth, pixel) => {
      const at = index * pixels + pixel;
      const error = Math.abs(counterfactual[at]! - truth);
      if ((own[pixel]! | other[pixel]!) === 0) {
        sums.outside += error;
        counts.outside++;
        return;
      }
      const wanted = truth - sources[at]!;
      sums.inside += error;
      sums.insideUnchanged += Math.abs(wanted);
      sums.done += (counterfactual[at]! - sources[at]!) * wanted;
      sums.wanted += wanted ** 2;
      counts.inside++;
    });
  });
  return {
    swaps: pairs.length,
    inside: sums.inside / counts.inside,
    outside: sums.outside / counts.outside,
    insideUnchanged: sums.insideUnchanged / counts.inside,
    strength: sums.done / sums.wanted,
  };
}
