import { amplification, type Amplification, type JudgeIdentity } from "../metrics/index.ts";
import type { PhantomDataset } from "../data/index.ts";
import type { SwapPair } from "./swap-quality.ts";
import { readMarker } from "./marker-reading.ts";

/** How far interventions on the pathology move the lead marker, which they should leave alone. */
export interface MarkerAmplification extends Amplification {
  /** Mean reading after minus before, in standard deviations: where the marker is drawn to. */
  readonly drift: number;
  /** Share of films whose marker appeared or went away. */
  readonly flipped: number;
}

const JUDGE: JudgeIdentity = { name: "marker contrast, no network", hash: "phantom-v1" };

/**
 * Measures what counterfactuals do to the marker on a phantom that is not confounded: its films have it half of the time.
 *
 * @param swaps `pairs` of source films, and the counterfactuals made of them, shape [pairs, H, W].
 */
export async function markerAmplification(
  dataset: PhantomDataset,
  {
    pairs,
    counterfactuals,
  }: {
    readonly pairs: readonly Pick<SwapPair, "source">[];
    readonly counterfactuals: Float32Array;
  },
): Promise<MarkerAmplification> {
  const { imageSizePx } = dataset;
  const before = readMarker(
    await dataset.readImages(pairs.map(({ source }) => source)),
    imageSizePx,
  );
  const after = readMarker(counterfactuals, imageSizePx);
  const all = readMarker(await dataset.readImages([...dataset.films.keys()]), imageSizePx);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const standardDeviation = Math.sqrt(
    all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length,
  );
  const [index] = amplification([{ name: "marker", before, after, standardDeviation }], JUDGE);
  const drift =
    after.reduce((sum, value, at) => sum + (value - before[at]!), 0) /
    before.length /
    standardDeviation;
  const middle = markerThreshold(dataset, all);
  const flips = after.filter((value, at) => value > middle !== before[at]! > middle).length;
  return { ...index!, drift, flipped: flips / before.length };
}

/** Half way between the mean readings with and without a marker. */
function markerThreshold({ films }: PhantomDataset, readings: Float64Array): number {
  const mean = (marker: string) => {
    const own = readings.filter((_, film) => films[film]!.attributes["marker"] === marker);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  return (mean("yes") + mean("no")) / 2;
}
