import { fingerprintOf, type FilmDataset } from "../data/index.ts";
import { readNpz, writeNpz, type NumberArray } from "../formats/index.ts";
import { extractFeatures, type FeatureExtractor, type Features } from "../metrics/index.ts";
import {
  nullDistances,
  type ClassNull,
  type ResampleOptions,
} from "./statistics/reference-distances.ts";
import type { Doing, Workshop } from "./workshop.ts";

/** What generated films of one class are compared with. */
export interface ClassFilms {
  readonly type: string;
  readonly classIndex: number;
  readonly reference: Features;
  readonly heldOut: Features;
  readonly validation: Features;
  readonly nullDistance: ClassNull;
}

/** The real films of an evaluation as features of one extractor. */
export interface ReferenceSet {
  readonly classes: readonly ClassFilms[];
  /** All training films. */
  readonly train: Features;
  readonly resamples: ResampleOptions;
}

const AT_ONCE = 512;

/** Renders and extracts what all methods are compared with; kept in the work folder, made again where it is missing. */
export async function* openReferenceSet(
  workshop: Workshop,
  imageSizePx: number,
  extractor: FeatureExtractor,
): AsyncGenerator<Doing, ReferenceSet, void> {
  const { measures, data } = workshop.settings;
  const phantom = workshop.phantom(imageSizePx);
  const { name, hash, dimensions } = extractor;
  const chosen = fingerprintOf(JSON.stringify({ data, measures }));
  const file = `reference-${imageSizePx}-${hash}-${chosen}.npz`;
  const resamples: ResampleOptions = {
    stream: workshop.stream("resamples"),
    replicates: measures.replicates,
    films: measures.generatedPerClass,
    blocks: measures.nullBlocks,
  };
  const known = await workshop.work.read(file);
  const arrays: Record<string, NumberArray> = known === undefined ? {} : readNpz(known);
  const table = (id: string): Features => {
    const { data: rows, shape } = arrays[id]!;
    return {
      data: rows as Float32Array,
      shape: shape as [number, number],
      extractor: { name, hash, dimensions },
    };
  };
  const reference = phantom.balanced("reference", measures.referencePerClass);
  const heldOut = phantom.balanced("held-out", measures.generatedPerClass * measures.nullBlocks);
  if (known === undefined) {
    const sets: readonly (readonly [string, FilmDataset])[] = [
      ["train", phantom.train],
      ["validation", phantom.validation],
      ["reference", reference],
      ["heldOut", heldOut],
    ];
    for (const [id, films] of sets) {
      arrays[id] = yield* extractAll(films, extractor, `reading ${id} films`);
    }
    await workshop.work.write(file, writeNpz(arrays));
  }
  // Which rows are whose follows from how the datasets are drawn.
  const kept = await keptNulls(workshop, imageSizePx);
  const classes: ClassFilms[] = [];
  for (const [classIndex, type] of data.types.entries()) {
    const films = {
      classIndex,
      reference: ofType(table("reference"), reference, type),
      heldOut: ofType(table("heldOut"), heldOut, type),
    };
    yield { doing: `null of ${type}`, step: classIndex, totalSteps: data.types.length };
    classes.push({
      type,
      ...films,
      validation: ofType(table("validation"), phantom.validation, type),
      nullDistance: kept?.[classIndex] ?? nullDistances(films, resamples),
    });
  }
  return { train: table("train"), resamples, classes };
}

/** Where the stage that measures the nulls leaves them. */
export function referenceStageName(imageSizePx: number): string {
  return `reference-${imageSizePx}`;
}

/** The nulls as arrays to be kept, and back. */
export function nullArrays(classes: readonly ClassFilms[]): Record<string, NumberArray> {
  return Object.fromEntries(
    classes.map(({ classIndex, nullDistance: { value, replicates } }) => [
      `null-${classIndex}`,
      { data: Float64Array.of(value, ...replicates), shape: [1 + replicates.length] },
    ]),
  );
}

async function keptNulls(
  { results, settings }: Workshop,
  imageSizePx: number,
): Promise<ClassNull[] | undefined> {
  const bytes = await results.read(`stages/${referenceStageName(imageSizePx)}.npz`);
  if (bytes === undefined) return undefined;
  const arrays = readNpz(bytes);
  return settings.data.types.map((_, classIndex) => {
    const nulls = arrays[`null-${classIndex}`]!.data as Float64Array;
    return { value: nulls[0]!, replicates: nulls.subarray(1) };
  });
}

async function* extractAll(
  dataset: FilmDataset,
  extractor: FeatureExtractor,
  doing: string,
): AsyncGenerator<Doing, Features, void> {
  const count = dataset.films.length;
  const data = new Float32Array(count * extractor.dimensions);
  for (let begin = 0; begin < count; begin += AT_ONCE) {
    yield { doing, step: begin, totalSteps: count };
    const rows = Array.from({ length: Math.min(AT_ONCE, count - begin) }, (_, at) => begin + at);
    const { data: part } = await extractFeatures(extractor, await dataset.readImages(rows));
    data.set(part, begin * extractor.dimensions);
  }
  const { name, hash, dimensions } = extractor;
  return { data, shape: [count, dimensions], extractor: { name, hash, dimensions } };
}

function ofType(features: Features, { films }: FilmDataset, type: string): Features {
  const columns = features.shape[1];
  const rows = [...films.keys()].filter((film) => films[film]!.labels[0] === type);
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => {
    data.set(features.data.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return { ...features, data, shape: [rows.length, columns] };
}
