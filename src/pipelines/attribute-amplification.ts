import type { PhantomDataset } from "../data/index.ts";
import { amplification, type Amplification } from "../metrics/index.ts";
import type { AttributeJudge } from "./attribute-judge.ts";
import type { SwapPair } from "./swap-quality.ts";

/** How far setting the pathology moves an attribute that it should leave alone. */
export interface AttributeAmplification extends Amplification {
  /** Mean movement in standard deviations, with its sign: where the attribute is drawn to. */
  readonly drift: number;
  /** How well the judge reads the attribute. */
  readonly judgeRSquared: number;
}

/**
 * Measures what counterfactuals do to an attribute, against the exact counterfactuals: so what the lesion itself does to a
 * reading does not count.
 *
 * @param dataset Films that are not confounded.
 * @param swaps The pathology of film `target` in film `source`, and the counterfactuals made, shape [pairs, H, W].
 */
export async function attributeAmplification(
  dataset: PhantomDataset,
  judge: AttributeJudge,
  {
    pairs,
    counterfactuals,
  }: { readonly pairs: readonly SwapPair[]; readonly counterfactuals: Float32Array },
): Promise<AttributeAmplification> {
  const pixels = dataset.imageSizePx ** 2;
  const exact = new Float32Array(pairs.length * pixels);
  pairs.forEach(({ source, target }, at) => {
    exact.set(dataset.counterfactual(source, dataset.truth(target).pathology), at * pixels);
  });
  const [before, after] = [judge.read(exact), judge.read(counterfactuals)];
  const all = judge.read(await dataset.readImages([...dataset.films.keys()]));
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const standardDeviation = Math.sqrt(
    all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length,
  );
  const attribute = { name: judge.attribute, before, after, standardDeviation };
  const [index] = amplification([attribute], judge.identity);
  const moved = after.reduce((sum, value, at) => sum + (value - before[at]!), 0);
  return {
    ...index!,
    drift: moved / pairs.length / standardDeviation,
    judgeRSquared: judge.rSquared,
  };
}
