import type { PhantomDataset, PhantomPathology } from "../../data/index.ts";
import type { Key } from "../../engine/index.ts";
import type { FilmStack } from "../../metrics/index.ts";
import { drawSwapPairs, type SwapPair } from "../../pipelines/index.ts";

/** Swaps between test patients with all that is known of them; row k of every film array is that of pair k. */
export interface TestSwaps {
  readonly pairs: readonly SwapPair[];
  /** Films that are given another's pathology, shape [count, H, W]. */
  readonly sources: Float32Array;
  /** Films that the pathology is taken from. */
  readonly targets: Float32Array;
  /** The sources rendered with the targets' pathology. */
  readonly exact: Float32Array;
  /** 1 where either pathology shows on the source. */
  readonly lesion: readonly number[];
  /** What the swap is to show. */
  readonly intended: readonly PhantomPathology[];
}

/** Draws swaps to every type, and renders their exact outcome. */
export async function drawTestSwaps(
  test: PhantomDataset,
  stream: Key,
  swapsPerType: number,
): Promise<TestSwaps> {
  const pairs = drawSwapPairs(test, stream, swapsPerType);
  const intended = pairs.map(({ target }) => test.truth(target).pathology);
  return {
    pairs,
    sources: await test.readImages(pairs.map(({ source }) => source)),
    targets: await test.readImages(pairs.map(({ target }) => target)),
    exact: joined(pairs.map(({ source }, at) => test.counterfactual(source, intended[at]!))),
    lesion: pairs.flatMap(({ source }, at) => {
      const other = test.lesionMask(source, intended[at]);
      return Array.from(test.lesionMask(source), (own, pixel) => own | other[pixel]!);
    }),
    intended,
  };
}

/** Films one after another as a stack. */
export function filmStack(data: Float32Array, imageSizePx: number): FilmStack {
  return { data, shape: [data.length / imageSizePx ** 2, imageSizePx, imageSizePx] };
}

function joined(films: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(films.length * (films[0]?.length ?? 0));
  films.forEach((film, at) => {
    all.set(film, at * film.length);
  });
  return all;
}
