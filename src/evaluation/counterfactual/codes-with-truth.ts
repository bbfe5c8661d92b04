import type { PhantomDataset } from "../../data/index.ts";
import type { Factor, Table } from "../../metrics/index.ts";
import type { EncodedFilms } from "../../pipelines/encoded-halves.ts";
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

/** Adds to films' codes what is true of the films. */
export function codesWithTruth(
  { films, identity, pathology }: EncodedFilms,
  dataset: PhantomDataset,
  types: readonly string[],
): FilmCodes {
  const truths = films.map((film) => dataset.truth(film));
  const anatomies = truths.map((truth) => anatomyOf(truth, dataset.imageSizePx));
  return {
    identity,
    pathology,
    type: truths.map((truth) => types.indexOf(truth.pathology.type)),
    severity: truths.map((truth) => truth.pathology.severity),
    anatomy: ANATOMY_MEASURES.map((name) => ({
      name,
      kind: "continuous",
      values: anatomies.map((anatomy) => anatomy[name]),
    })),
  };
}
