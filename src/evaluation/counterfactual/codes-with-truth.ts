import type { PhantomDataset } from "../../data/index.ts";
import type { Factor, Table } from "../../metrics/index.ts";
import type { AutoencoderModel } from "../../pipelines/index.ts";
import { ANATOMY_MEASURES, anatomyOf } from "../anatomy.ts";

/** Codes of unseen films with the truth about them. */
export interface FilmCodes {
  readonly identity: Table;
  readonly pathology: Table;
  /** Number of the type. */
  readonly type: readonly number[];
  readonly severity: readonly number[];
  /** Anatomy, measure by measure. */
  readonly anatomy: readonly Factor[];
}

/** Codes of a dataset's films: of every other patient to fit predictors on, and of the rest to test them on. */
export async function splitCodes(
  model: AutoencoderModel,
  dataset: PhantomDataset,
  types: readonly string[],
): Promise<{ readonly train: FilmCodes; readonly test: FilmCodes }> {
  const patients = [...new Set(dataset.films.map(({ patient }) => patient))];
  const place = new Map(patients.map((patient, at) => [patient, at]));
  const half = async (rest: 0 | 1): Promise<FilmCodes> => {
    const films = [...dataset.films.keys()].filter(
      (film) => place.get(dataset.films[film]!.patient)! % 2 === rest,
    );
    const codes = await model.encode(await dataset.readImages(films));
    const truths = films.map((film) => dataset.truth(film));
    const anatomies = truths.map((truth) => anatomyOf(truth, dataset.imageSizePx));
    const table = (data: Float32Array): Table => ({
      data,
      shape: [films.length, data.length / films.length],
    });
    return {
      identity: table(codes.identity),
      pathology: table(codes.pathology),
      type: truths.map(({ pathology }) => types.indexOf(pathology.type)),
      severity: truths.map(({ pathology }) => pathology.severity),
      anatomy: ANATOMY_MEASURES.map((name) => ({
        name,
        kind: "continuous",
        values: anatomies.map((anatomy) => anatomy[name]),
      })),
    };
  };
  return { train: await half(0), test: await half(1) };
}
