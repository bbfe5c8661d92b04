import type { PhantomDataset } from "../data/index.ts";
import { foldIn, randint, type Key } from "../engine/index.ts";
import type { AutoencoderModel } from "./autoencoder-model.ts";
import { recallByClass, type FilmClassifier } from "./film-classifier.ts";

/** A swap to judge: the pathology of film `target` into film `source`; of two types and two patients. */
export interface SwapPair {
  readonly source: number;
  readonly target: number;
}

/** Mean absolute errors against the exact counterfactual, of white = 1, and the oracle's verdict. */
export interface SwapQuality {
  readonly swaps: number;
  /** Outside the union of source and target lesion masks. */
  readonly errorOutside: number;
  /** Inside it. */
  readonly errorInside: number;
  /** How often the oracle sees the target type, by type and as mean over types. */
  readonly recognised: Readonly<Record<string, number>>;
  readonly recognisedMean: number;
}

/** Swaps measured against what could be and against doing nothing. */
export interface SwapReport {
  /** What users see: decoded, with the film's own residual given back. */
  readonly counterfactual: SwapQuality;
  /** Decoded only. */
  readonly swapped: SwapQuality;
  /** The exact counterfactual renders: what the oracle makes of the truth. */
  readonly exact: Pick<SwapQuality, "recognised" | "recognisedMean">;
  /** The source film left as it is. */
  readonly unchanged: SwapQuality;
  /** The source film against its plain reconstruction, in the same places. */
  readonly reconstruction: Pick<SwapQuality, "errorOutside" | "errorInside">;
}

/** Draws `perType` swaps to each pathology type from films of other types and other patients. */
export function drawSwapPairs(
  { films, classes }: Pick<PhantomDataset, "films" | "classes">,
  stream: Key,
  perType: number,
): SwapPair[] {
  const typeOf = (film: number) => films[film]!.labels[0]!;
  return classes.flatMap((type) => {
    const targets = [...films.keys()].filter((film) => typeOf(film) === type);
    const key = foldIn(stream, type);
    const pairs: SwapPair[] = [];
    for (let draw = 0; pairs.length < perType; draw++) {
      const target = targets[pairs.length % targets.length]!;
      const source = randint(foldIn(key, draw), 1, { max: films.length })[0]!;
      const isOther = films[source]!.patient !== films[target]!.patient;
      if (isOther && typeOf(source) !== type) pairs.push({ source, target });
    }
    return pairs;
  });
}

/** Measures swaps on the phantom, where the exact counterfactual can be rendered. */
export async function measureSwaps(
  model: AutoencoderModel,
  dataset: PhantomDataset,
  { pairs, oracle }: { readonly pairs: readonly SwapPair[]; readonly oracle: FilmClassifier },
): Promise<SwapReport> {
  const pixels = dataset.imageSizePx ** 2;
  const sources = await dataset.readImages(pairs.map(({ source }) => source));
  const targets = await dataset.readImages(pairs.map(({ target }) => target));
  const exact = new Float32Array(pairs.length * pixels);
  const mask = new Uint8Array(pairs.length * pixels);
  pairs.forEach(({ source, target }, index) => {
    const { pathology } = dataset.truth(target);
    exact.set(dataset.counterfactual(source, pathology), index * pixels);
    const own = dataset.lesionMask(source);
    const other = dataset.lesionMask(source, pathology);
    for (let pixel = 0; pixel < pixels; pixel++) {
      mask[index * pixels + pixel] = own[pixel]! | other[pixel]!;
    }
  });
  const codes = await model.encode(targets);
  const films = await model.counterfactual(sources, codes.pathology);
  const types = pairs.map(({ target }) =>
    oracle.classes.indexOf(dataset.films[target]!.labels[0]!),
  );
  const recognition = async (images: Float32Array) => {
    const predicted = await oracle.predict(images);
    const { recall, balancedAccuracy } = recallByClass(predicted, types, oracle.classes.length);
    return {
      recognised: Object.fromEntries(oracle.classes.map((name, k) => [name, recall[k]!])),
      recognisedMean: balancedAccuracy,
    };
  };
  const errors = (images: Float32Array, truth: Float32Array) => ({
    errorOutside: meanAbsoluteError(images, truth, mask, 0),
    errorInside: meanAbsoluteError(images, truth, mask, 1),
  });
  const quality = async (images: Float32Array): Promise<SwapQuality> => ({
    swaps: pairs.length,
    ...errors(images, exact),
    ...(await recognition(images)),
  });
  return {
    counterfactual: await quality(films.counterfactual),
    swapped: await quality(films.swapped),
    exact: await recognition(exact),
    unchanged: await quality(sources),
    reconstruction: errors(films.reconstruction, sources),
  };
}

function meanAbsoluteError(
  images: Float32Array,
  truth: Float32Array,
  mask: Uint8Array,
  where: 0 | 1,
): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < images.length; at++) {
    if (mask[at] !== where) continue;
    sum += Math.abs(images[at]! - truth[at]!);
    count++;
  }
  return sum / count;
}
