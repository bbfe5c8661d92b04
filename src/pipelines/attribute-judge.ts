import type { ConfoundedAttribute, PhantomDataset, PhantomTruth } from "../data/index.ts";
import type { JudgeIdentity } from "../metrics/index.ts";
import { rSquared } from "../metrics/disentanglement/predict-factor.ts";
import { fitRidge, predictNumbers } from "../metrics/disentanglement/penalised-regression.ts";
import { standardise, standardiserOf } from "../metrics/disentanglement/standardise.ts";
import { readMarker } from "./marker-reading.ts";

/** Reads one attribute off phantom films; trained apart from whatever it is to judge, if at all. */
export interface AttributeJudge {
  readonly attribute: ConfoundedAttribute;
  readonly identity: JudgeIdentity;
  /** On films that it has not seen: 1 reads all of the attribute, 0 none. */
  readonly rSquared: number;
  /** @param films Shape [count, H, W]. */
  read(films: Float32Array): Float64Array;
}

/**
 * Makes a judge. The marker's is the contrast of its pixels and learns nothing; the others' are ridge regressions on the pixels.
 *
 * @param films Unconfounded ones: `train` to learn from, `test` to say how well it reads.
 */
export async function fitAttributeJudge(
  attribute: ConfoundedAttribute,
  { train, test }: { readonly train: PhantomDataset; readonly test: PhantomDataset },
): Promise<AttributeJudge> {
  const { imageSizePx } = train;
  const truthOf = (dataset: PhantomDataset) =>
    Float64Array.from(dataset.films, (_, film) => trueValue(attribute, dataset.truth(film)));
  const imagesOf = (dataset: PhantomDataset) => dataset.readImages([...dataset.films.keys()]);
  const read =
    attribute === "marker"
      ? (films: Float32Array) => readMarker(films, imageSizePx)
      : pixelRegression(await imagesOf(train), truthOf(train));
  return {
    attribute,
    identity: {
      name: `${attribute === "marker" ? "contrast of the" : "ridge regression of"} ${attribute}`,
      hash: train.fingerprint,
    },
    rSquared: explained(read(await imagesOf(test)), truthOf(test)),
    read,
  };
}

/** The attribute's number: 0 or 1 for the marker, log gain for exposure, from -1 to 1 for factors. */
function trueValue(
  attribute: ConfoundedAttribute,
  { identity, acquisition }: PhantomTruth,
): number {
  if (attribute === "marker") return Number(acquisition.marker);
  return attribute === "exposure" ? Math.log(acquisition.exposureGain) : identity[attribute];
}

const RIDGE = 0.01;

function pixelRegression(
  images: Float32Array,
  values: Float64Array,
): (films: Float32Array) => Float64Array {
  const pixels = images.length / values.length;
  const tableOf = (films: Float32Array) => ({
    data: films,
    shape: [films.length / pixels, pixels] as const,
  });
  const scale = standardiserOf(tableOf(images));
  const model = fitRidge(standardise(tableOf(images), scale), values, RIDGE * values.length);
  return (films) => Float64Array.from(predictNumbers(model, standardise(tableOf(films), scale)));
}

/** R² of the best line through readings and truth: a reading need not be in the truth's units. */
function explained(readings: Float64Array, truth: Float64Array): number {
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanRead, meanTrue] = [mean(readings), mean(truth)];
  let [together, spread] = [0, 0];
  readings.forEach((value, film) => {
    together += (value - meanRead) * (truth[film]! - meanTrue);
    spread += (value - meanRead) ** 2;
  });
  const slope = spread === 0 ? 0 : together / spread;
  return rSquared(
    readings.map((value) => meanTrue + slope * (value - meanRead)),
    truth,
  );
}
