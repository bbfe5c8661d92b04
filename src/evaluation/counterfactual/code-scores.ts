import { foldIn, type Key } from "../../engine/index.ts";
import {
  dci,
  drawFixedFactorBatches,
  explicitness,
  factorClasses,
  factorVaeScore,
  modularity,
  mutualInformationGap,
  selectRows,
  separatedAttributePredictability,
  type CodedFilms,
  type Factor,
  type Table,
} from "../../metrics/index.ts";
import { principalAxes } from "./principal-axes.ts";
import type { FilmCodes } from "./codes-with-truth.ts";

/** The usual disentanglement scores, each from 0 to 1, of codes that are reduced to `codes` axes. */
export interface CodeScores {
  readonly mutualInformationGap: number;
  readonly disentanglement: number;
  readonly completeness: number;
  readonly informativeness: number;
  readonly separatedAttributePredictability: number;
  readonly factorVae: number;
  readonly modularity: number;
  /** Of the type, from 0.5. */
  readonly explicitness: number;
  readonly codes: number;
  readonly films: Readonly<Record<"train" | "test", number>>;
}

/** Axes that are kept of each block. */
const AXES = 16;
/** In which continuous factors are put where a score wants classes. */
const BINS = 10;
const BATCHES = { train: 500, evaluation: 250 };

/**
 * Scores of single codes. Ours are small maps whose places mean nothing alone, so each block is first turned to its principal
 * axes; scores of codes that were made otherwise are no match for these.
 */
export function codeScores(
  { train, test }: Readonly<Record<"train" | "test", FilmCodes>>,
  stream: Key,
): CodeScores {
  const identityAxes = principalAxes(train.identity, AXES);
  const pathologyAxes = principalAxes(train.pathology, AXES);
  const coded = (films: FilmCodes): CodedFilms => ({
    codes: beside(identityAxes(films.identity), pathologyAxes(films.pathology)),
    factors: [
      { name: "type", kind: "discrete", values: films.type },
      { name: "severity", kind: "continuous", values: films.severity },
      ...films.anatomy,
    ],
  });
  const both = { train: coded(train), test: coded(test) };
  const { disentanglement, completeness, informativeness } = dci(both);
  const typeAlone = ({ codes, factors }: CodedFilms): CodedFilms => ({
    codes,
    factors: factors.slice(0, 1),
  });
  return {
    mutualInformationGap: mutualInformationGap(both.test).value,
    disentanglement,
    completeness,
    informativeness: informativeness.value,
    separatedAttributePredictability: separatedAttributePredictability(both).value,
    factorVae: votes(both, stream),
    modularity: modularity(both.test).value,
    explicitness: explicitness({ train: typeAlone(both.train), test: typeAlone(both.test) }).value,
    codes: both.test.codes.shape[1],
    films: { train: both.train.codes.shape[0], test: both.test.codes.shape[0] },
  };
}

function votes({ train, test }: Readonly<Record<"train" | "test", CodedFilms>>, stream: Key) {
  const batches = (films: CodedFilms, name: "train" | "evaluation") => {
    const classes = films.factors.map((factor): Factor => {
      const values = factorClasses(factor, BINS);
      return { name: factor.name, kind: "discrete", values };
    });
    const drawn = drawFixedFactorBatches(foldIn(stream, name), classes, {
      batches: BATCHES[name],
    });
    return drawn.map(({ factor, films: rows }) => ({
      factor,
      codes: selectRows(films.codes, rows),
    }));
  };
  return factorVaeScore({
    codes: train.codes,
    train: batches(train, "train"),
    evaluation: batches(test, "evaluation"),
  }).value;
}

function beside(left: Table, right: Table): Table {
  const [rows, leftColumns] = left.shape;
  const rightColumns = right.shape[1];
  const columns = leftColumns + rightColumns;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    data.set(left.data.subarray(row * leftColumns, (row + 1) * leftColumns), row * columns);
    data.set(
      right.data.subarray(row * rightColumns, (row + 1) * rightColumns),
      row * columns + leftColumns,
    );
  }
  return { data, shape: [rows, columns] };
}
