import { MetricInputError } from "./metric-input-error.ts";
import { requireTable, type Table } from "./table.ts";

/** Which network a number was measured with: without it the number means nothing. */
export interface ExtractorIdentity {
  /** For readers, such as "phantom-64" or "nsfwjs InceptionV3". */
  readonly name: string;
  /** Of the weights, so that two runs can be compared. */
  readonly hash: string;
  readonly dimensions: number;
}

/** A frozen network from films to features; never the one that the generator was optimised against. */
export interface FeatureExtractor extends ExtractorIdentity {
  readonly imageSizePx: number;
  /**
   * Maps films to features.
   *
   * @param films Grey films of white = 1, shape [N, H, W] with H = W = `imageSizePx`.
   * @returns Shape [N, dimensions].
   */
  extract(films: Float32Array): Promise<Float32Array>;
}

/** Features of films, shape [N, D], with the extractor they came from. */
export interface Features extends Table {
  readonly extractor: ExtractorIdentity;
}

/** A number with what it takes to read it. */
export interface FeatureScore {
  readonly value: number;
  readonly extractor: ExtractorIdentity;
  /** How many films of each kind were compared. */
  readonly samples: { readonly reference: number; readonly generated: number };
}

/**
 * Extracts features batch by batch.
 *
 * @param films Shape [N, H, W], H = W = the extractor's `imageSizePx`; else {@link MetricInputError}.
 * @param options `batchSize`: films at a time; 64 when omitted.
 */
export async function extractFeatures(
  extractor: FeatureExtractor,
  films: Float32Array,
  { batchSize = 64 }: { readonly batchSize?: number } = {},
): Promise<Features> {
  const { name, hash, dimensions, imageSizePx } = extractor;
  const pixels = imageSizePx ** 2;
  const count = films.length / pixels;
  if (!Number.isInteger(count)) {
    throw new MetricInputError(
      "extractFeatures",
      "films",
      `has ${films.length} pixels; give whole films of ${imageSizePx} x ${imageSizePx} for ${name}.`,
    );
  }
  const data = new Float32Array(count * dimensions);
  for (let begin = 0; begin < count; begin += batchSize) {
    const end = Math.min(count, begin + batchSize);
    const features = await extractor.extract(films.subarray(begin * pixels, end * pixels));
    if (features.length !== (end - begin) * dimensions) {
      throw new MetricInputError(
        "extractFeatures",
        "extractor",
        `${name} gave ${features.length} numbers for ${end - begin} films; it promises ${dimensions} a film.`,
      );
    }
    data.set(features, begin * dimensions);
  }
  return { data, shape: [count, dimensions], extractor: { name, hash, dimensions } };
}

/** Throws unless both tables are sound and come from the same extractor. */
export function requireComparable(
  metric: string,
  { reference, generated }: { readonly reference: Features; readonly generated: Features },
  minRows = 2,
): void {
  requireTable(metric, "reference", reference, minRows);
  requireTable(metric, "generated", generated, minRows);
  const [first, second] = [reference.extractor, generated.extractor];
  if (first.hash !== second.hash || reference.shape[1] !== generated.shape[1]) {
    throw new MetricInputError(
      metric,
      "generated",
      `comes from ${second.name} (${second.hash}, ${generated.shape[1]} numbers a film) but the reference from ` +
        `${first.name} (${first.hash}, ${reference.shape[1]}); extract both with one extractor.`,
    );
  }
}

/** A number about features, with their extractor and counts. */
export function featureScore(
  value: number,
  { reference, generated }: { readonly reference: Features; readonly generated: Features },
): FeatureScore {
  const samples = { reference: reference.shape[0], generated: generated.shape[0] };
  return { value, extractor: reference.extractor, samples };
}
